using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;

namespace ImdbPipeline.Cli.Commands;

/// <summary>Parses option values and reports invalid ones.</summary>
public static class OptionValues
{
    public static int? Whole(ArgumentResult value) =>
        int.TryParse(Token(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : Reject<int?>(value, $"a whole number of at most {int.MaxValue}");

    public static double? Real(ArgumentResult value) =>
        double.TryParse(Token(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : Reject<double?>(value, "a number such as 0.01 or 5e-5");

    public static T? Choice<T>(ArgumentResult value) where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(name => string.Equals(name, Token(value), StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<T>(name)
            : Reject<T?>(value, $"one of {Names<T>()}");

    /// <summary>The names as written in messages and options, such as <c>head|tail|headTail</c>.</summary>
    public static string Names<T>() where T : struct, Enum =>
        string.Join('|', Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static string Token(ArgumentResult value) => value.Tokens.Count == 1 ? value.Tokens[0].Value : "";

    private static T? Reject<T>(ArgumentResult value, string expected)
    {
        var option = (value.Parent as OptionResult)?.IdentifierToken?.Value ?? value.Argument.Name;
        value.AddError($"{option}: expected {expected}, found '{Token(value)}'.");
        return default;
    }
}
