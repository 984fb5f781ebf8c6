namespace ImdbPipeline.Core.Foundation;

/// <summary>Lets an environment variable or app setting set this option; validation attributes limit its values.</summary>
/// <param name="name">Name of the setting, with <c>:</c> between levels; environment variables use <c>__</c>.</param>
/// <param name="expected">Which values are valid, for error messages.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name, string expected) : Attribute
{
    public string Name => name;

    public string Expected => expected;

    /// <summary>Keeps the value out of error messages.</summary>
    public bool IsSecret { get; init; }
}
