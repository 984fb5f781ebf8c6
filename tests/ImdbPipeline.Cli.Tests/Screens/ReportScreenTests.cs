using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class ReportScreenTests
{
    [Fact]
    public void A_report_shows_kept_and_removed_texts_and_text_lengths()
    {
        var terminal = new FakeTerminal();

        ReportScreen.Show(terminal.Terminal.Page, new DatasetManifest
        {
            Dataset = "sample-reviews",
            Version = "0123456789abcdef",
            Archive = new SourceArchive("sample-reviews.tar.gz", 620_000, new string('0', 64)),
            Settings = new PreparationSettings(),
            Labels = ["neg", "pos"],
            Vocabulary = new DatasetFile("vocab.txt", 1, ""),
            Shards = [],
            CreatedAt = DateTimeOffset.UnixEpoch,
            Report = new DataReport
            {
                Read = 5320,
                Kept = new Dictionary<Split, IReadOnlyDictionary<string, int>>
                {
                    [Split.Train] = new Dictionary<string, int> { ["neg"] = 1190, ["pos"] = 1202 },
                    [Split.Validation] = new Dictionary<string, int> { ["neg"] = 310, ["pos"] = 298 },
                    [Split.Test] = new Dictionary<string, int> { ["neg"] = 400, ["pos"] = 400 },
                    [Split.Unsup] = new Dictionary<string, int> { ["unlabelled"] = 1500 },
                },
                Duplicates = new Dictionary<Split, int> { [Split.Train] = 12, [Split.Test] = 0 },
                Leaks = 8,
                Contradictions = 0,
                Movies = new Dictionary<Split, int> { [Split.Train] = 200, [Split.Validation] = 50 },
                Lengths = new Dictionary<string, int> { ["p50"] = 81, ["p90"] = 136, ["p99"] = 900, ["max"] = 1024 },
                TruncatedAt512 = 0.051,
                Ignored = 5,
                ValidationBy = SplitBasis.Movie,
            },
        });

        Assert.Equal(
            """
            sample-reviews.tar.gz  620.0 kB  dataset sample-reviews/0123456789abcdef

              split          neg     pos   unlabelled     all   largest label   movies
            ────────────────────────────────────────────────────────────────────────────
              train        1,190   1,202            0   2,392   50.3 %             200
              validation     310     298            0     608   51.0 %              50
              test           400     400            0     800   50.0 %
              unsup            0       0        1,500   1,500

            read        5,320  texts
                          -12  exact duplicates within train
                           -8  training texts that are also in test
            kept        5,300  texts
            ignored         5  other files
            validation: split by movie; no movie is in both train and validation

            length in tokens
              p50       81  ████████░░░░░░░░░░░░░░░░░░░░░░
              p90      136  ███████████░░░░░░░░░░░░░░░░░░░
              p99      900  ████████████████████████████░░
              max    1,024  ██████████████████████████████
              5.1 % are longer than 512 tokens and will be truncated
            """.ReplaceLineEndings("\n"),
            terminal.Page);
    }
}
