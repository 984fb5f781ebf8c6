using System.Diagnostics;
using System.Globalization;
using ImdbPipeline.Core.Storage;
using ImdbPipeline.Testing;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>
/// Sends requests and disturbs the hosts that handle them, at random, then checks every promise of <c>docs/reliability.md</c> that can be
/// seen in storage. <c>SOAK_MINUTES</c> sets how long, <c>SOAK_SEED</c> what happens.
/// </summary>
public sealed class SoakTests(AzuriteFixture azurite)
{
    private const double DefaultMinutes = 0.75;
    private const int DefaultSeed = 1;

    // Killed hosts leave messages invisible for their lease, and a lost event waits for the reconciler.
    private static readonly TimeSpan MaxEnd = TimeSpan.FromMinutes(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_happens_everything_that_was_asked_for_is_done_once_and_nothing_partial_is_visible()
    {
        var duration = TimeSpan.FromMinutes(Setting("SOAK_MINUTES") ?? DefaultMinutes);
        var random = new Random((int)(Setting("SOAK_SEED") ?? DefaultSeed));
        var account = azurite.NewAccount();
        var storage = new PipelineStorage(account);
        await storage.EnsureCreatedAsync(Cancellation);
        var requests = new SoakRequests(storage, random);
        var promises = new SoakPromises(storage, requests);
        await using var hosts = SoakedHosts.Start(account, random);
        var actions = new RandomActions(random, [.. requests.Actions, .. hosts.Actions]);

        var measured = TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(5).Ticks, duration.Ticks / 2));
        ProcessSize? early = null;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration; await Task.Delay(random.Next(200, 3000), Cancellation))
        {
            await actions.TakeOneAsync();
            hosts.AssertSurviving();
            await promises.AssertNothingPartialAsync();
            if (clock.Elapsed >= measured)
                early ??= hosts.MeasureSurvivor();
        }
        var late = hosts.MeasureSurvivor();

        await hosts.RecoverAsync();
        string? unfinished = null;
        await Eventually.FindAsync(
            "no unfinished work",
            async () => (unfinished = await promises.FindUnfinishedAsync()) is null ? "done" : null,
            MaxEnd,
            () => $"{unfinished}\n{hosts.SurvivorLog}");
        await promises.AssertEverythingDoneAsync();
        await hosts.StopAsync(azurite);
        ReportedFigures.Report(
            $"{duration.TotalMinutes:0.#} min: {actions}; {requests.Runs.Count} runs published, {requests.Files.Count} files scored, {requests.Archives.Count} archives handled; a host that was never stopped had {early} after {measured.TotalMinutes:0.#} min, {late} at the end");
    }

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
