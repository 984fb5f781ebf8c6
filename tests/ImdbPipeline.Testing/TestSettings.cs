using Microsoft.Extensions.Configuration;

namespace ImdbPipeline.Testing;

/// <summary>Settings as a host would read them from its environment.</summary>
public static class TestSettings
{
    public static IConfiguration None { get; } = Of();

    public static IConfiguration Of(params IEnumerable<(string Name, string Value)> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value)).Build();
}
