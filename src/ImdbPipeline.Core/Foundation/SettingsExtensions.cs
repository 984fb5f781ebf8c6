using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImdbPipeline.Core.Foundation;

/// <summary>Binds options to settings. Unlike the configuration binder, treats empty settings as unset and says which values are valid.</summary>
public static partial class SettingsExtensions
{
    /// <summary>Registers options that are read from the host's settings and validated when it starts. Options registered before are kept.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services) where T : class
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(T)))
            return services;
        services.AddOptions<T>().Configure<IConfiguration>((options, settings) => settings.ApplyTo(options)).ValidateOnStart();
        return services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
    }

    /// <summary>Reads options before services exist.</summary>
    /// <inheritdoc cref="ApplyTo" path="/exception"/>
    public static T Read<T>(this IConfiguration settings) where T : class, new() => settings.ApplyTo(new T());

    /// <summary>Overwrites the properties marked with <see cref="SettingAttribute"/> whose setting is present.</summary>
    /// <exception cref="InputRejectedException">A setting is invalid.</exception>
    public static T ApplyTo<T>(this IConfiguration settings, T options) where T : class
    {
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var property in typeof(T).GetProperties())
        {
            if (property.GetCustomAttribute<SettingAttribute>() is { } setting && settings[setting.Name] is { } text && !string.IsNullOrWhiteSpace(text))
                property.SetValue(options, Parse(property, setting, text));
        }
        return options;
    }

    private static object? Parse(PropertyInfo property, SettingAttribute setting, string text)
    {
        // Addresses may carry a password or a signature.
        var shown = property.PropertyType == typeof(Uri) ? Credentials().Replace(text, "") : text;
        var found = $"'{UntrustedText.Escape(shown)}'";
        try
        {
            // Durations are set in whole seconds.
            var value = property.PropertyType == typeof(TimeSpan)
                ? TimeSpan.FromSeconds(int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))
                : TypeDescriptor.GetConverter(property.PropertyType).ConvertFromInvariantString(text);
            return property.GetCustomAttributes<ValidationAttribute>().All(rule => rule.IsValid(value)) ? value : throw Reject(setting, found);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw Reject(setting, found, e);
        }
    }

    private static InputRejectedException Reject(SettingAttribute setting, string found, Exception? inner = null) => new(
        ErrorRules.SettingInvalid, $"setting {setting.Name.Replace(":", "__", StringComparison.Ordinal)}", setting.Expected,
        setting.IsSecret ? "an invalid value" : found, "Correct or remove it.", inner);

    [GeneratedRegex(@"(?<=//)[^/@]*@|[?#].*")]
    private static partial Regex Credentials();
}
