using System.Diagnostics;
using System.Globalization;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>
/// Uploads, retrains, scores, kills, stops and freezes hosts and trainers, and cuts storage off, at random; then checks every promise of
/// <c>docs/reliability.md</c> that can be seen in storage. <c>SOAK_MINUTES</c> sets how long, <c>SOAK_SEED</c> what happens.
/// </summary>
public sealed class SoakTests(AzuriteFixture azurite)
{
    private const double DefaultMinutes = 0.75;
    private const int DefaultSeed = 1;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_happens_everything_that_was_asked_for_is_done_once_and_nothing_partial_is_visible()
    {
        var duration = TimeSpan.FromMinutes(Setting("SOAK_MINUTES") ?? DefaultMinutes);
        var random = new Random((int)(Setting("SOAK_SEED") ?? DefaultSeed));
        await using var soak = await SoakedPipeline.StartAsync(azurite, random);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration; await Task.Delay(random.Next(200, 3000), Cancellation))
        {
            await soak.ActAsync();
            await soak.AssertNothingPartialAsync();
        }

        await soak.CalmDownAsync();
        await soak.AssertEverythingDoneAsync();
        soak.Report(duration);
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
