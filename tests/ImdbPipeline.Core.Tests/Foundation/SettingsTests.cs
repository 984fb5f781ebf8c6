using System.ComponentModel.DataAnnotations;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImdbPipeline.Core.Tests.Foundation;

public sealed class SettingsTests
{
    [Fact]
    public void Absent_and_empty_settings_keep_the_defaults() =>
        Assert.Equal(new Sample(), TestSettings.Of(("Count", ""), ("Host:Site", " "), ("Wait", "")).Read<Sample>());

    [Fact]
    public void Present_settings_replace_the_defaults() =>
        Assert.Equal(
            new Sample { Count = 7, Site = new Uri("https://example.com/"), Wait = TimeSpan.FromSeconds(30), Day = DayOfWeek.Friday },
            TestSettings.Of(("Count", "7"), ("Host:Site", "https://example.com/"), ("Wait", "30"), ("Day", "friday")).Read<Sample>());

    [Theory]
    [InlineData("Count", "ten", "setting Count: expected 1 to 9, found 'ten'. Correct or remove it.")]
    [InlineData("Count", "10", "setting Count: expected 1 to 9, found '10'. Correct or remove it.")]
    [InlineData("Count", "99999999999", "setting Count: expected 1 to 9, found '99999999999'. Correct or remove it.")]
    [InlineData("Wait", "-1", "setting Wait: expected whole seconds, found '-1'. Correct or remove it.")]
    [InlineData("Wait", "00:01:00", "setting Wait: expected whole seconds, found '00:01:00'. Correct or remove it.")]
    [InlineData("Day", "9", "setting Day: expected a weekday, found '9'. Correct or remove it.")]
    [InlineData("Host:Site", "http://example.com/", "setting Host__Site: expected an https address, found 'http://example.com/'. Correct or remove it.")]
    [InlineData("Host:Site", "ftp://user:secret@example.com/a?sig=secret", "setting Host__Site: expected an https address, found 'ftp://example.com/a'. Correct or remove it.")]
    [InlineData("Host:Site", "example\u0007", "setting Host__Site: expected an https address, found 'example\\u0007'. Correct or remove it.")]
    [InlineData("Key", "x", "setting Key: expected two or more characters, found an invalid value. Correct or remove it.")]
    public void An_invalid_setting_is_rejected_with_its_name_and_the_valid_values(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<InputRejectedException>(() => TestSettings.Of((name, value)).Read<Sample>()).Message);

    [Fact]
    public void Registered_settings_are_validated_when_the_host_starts()
    {
        using var services = new ServiceCollection().AddSingleton(TestSettings.Of(("Count", "10"))).AddSettings<Sample>().BuildServiceProvider();
        Assert.Throws<InputRejectedException>(services.GetRequiredService<IStartupValidator>().Validate);
    }

    [Fact]
    public void Options_registered_by_the_host_win_over_settings()
    {
        var own = new Sample { Count = 2 };
        using var services = new ServiceCollection().AddSingleton(own).AddSingleton(TestSettings.Of(("Count", "3"))).AddSettings<Sample>().BuildServiceProvider();
        Assert.Same(own, services.GetRequiredService<Sample>());
    }

    private sealed record Sample
    {
        [Setting("Count", "1 to 9"), Range(1, 9)]
        public int Count { get; init; } = 1;

        [Setting("Host:Site", "an https address"), WebAddress(RequireHttps = true)]
        public Uri? Site { get; init; }

        [Setting("Wait", "whole seconds")]
        public TimeSpan Wait { get; init; }

        [Setting("Day", "a weekday"), EnumDataType(typeof(DayOfWeek))]
        public DayOfWeek Day { get; init; }

        [Setting("Key", "two or more characters", IsSecret = true), MinLength(2)]
        public string? Key { get; init; }
    }
}
