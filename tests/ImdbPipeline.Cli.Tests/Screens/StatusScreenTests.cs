using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Operations;
using ImdbPipeline.Core.Runs;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class StatusScreenTests
{
    [Fact]
    public void A_champion_below_its_linear_baseline_is_marked() =>
        Assert.Contains("Champion  minilm-1\n          below the linear baseline: validation accuracy 0.6000 vs. 0.9000\n", Show(accuracy: 0.6));

    [Fact]
    public void A_champion_above_its_linear_baseline_is_not_marked() => Assert.DoesNotContain("below", Show(accuracy: 0.95));

    [Fact]
    public void Notes_of_the_newest_published_run_are_shown_without_control_characters()
    {
        var page = Show(accuracy: 0.95, "never predicted correctly on validation texts: 'rare\u001b[2J'");

        Assert.Contains("Notes on 20260101-000000-abcdef01:\n- never predicted correctly on validation texts: 'rare\\u001b[2J'\n", page);
    }

    private static string Show(double accuracy, params string[] notes)
    {
        var terminal = new FakeTerminal();
        var metrics = new Dictionary<string, double> { ["validationAccuracy"] = accuracy, ["baselineValidationAccuracy"] = 0.9 };
        StatusScreen.Show(terminal.Terminal.Page, new PipelineStatus
        {
            Storage = "http://127.0.0.1:10000/devstoreaccount1",
            At = DateTimeOffset.UnixEpoch,
            Datasets = [],
            RejectedArchives = [],
            Runs =
            [
                new RunRecord { Run = "20260102-000000-abcdef02", State = RunState.Training, Request = new RetrainRequest(), CreatedAt = DateTimeOffset.UnixEpoch },
                new RunRecord { Run = "20260101-000000-abcdef01", State = RunState.Published, Request = new RetrainRequest(), Notes = notes, CreatedAt = DateTimeOffset.UnixEpoch },
            ],
            Tasks = [new LabelledTaskStatus("default", ["neg", "pos"], "minilm-1", [])],
            Models = [new ModelStatus("minilm-1", metrics, "films/1", DateTimeOffset.UnixEpoch, "default")],
            Queues = [],
            Incoming = [],
            Scored = [],
            RejectedIncoming = [],
            GivenUp = [],
        });
        return terminal.Page.ReplaceLineEndings("\n");
    }
}
