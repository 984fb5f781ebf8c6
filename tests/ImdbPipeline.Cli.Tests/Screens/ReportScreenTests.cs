using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Datasets;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class ReportScreenTests
{
    [Fact]
    public void A_report_shows_kept_and_removed_texts_and_text_lengths()
    {
        var terminal = new FakeTerminal();
        terminal.Terminal.Page.Profile.Width = 80;

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
                LengthHistogram = new Dictionary<int, int> { [64] = 3000, [16] = 300, [32] = 0, [1024] = 2 },
                TruncatedAt512 = 0.051,
                Ignored = 5,
                ValidationBy = SplitBasis.Movie,
            },
        });

        Assert.Equal(
            """
            sample-reviews.tar.gz  620.0 kB  dataset sample-reviews/0123456789abcdef

            LABEL       TRAIN  VALIDATION  TEST  UNLABELLED   SHARE
            neg         1,190         310   400              50.0 %
            pos         1,202         298   400              50.0 %
            unlabelled                                1,500
            all         2,392         608   800       1,500
            films         200          50

            read        5,320  texts
                          -12  exact duplicates within train
                           -8  training texts that are also in test
            kept        5,300  texts
            ignored         5  other files
            Validation split: by film; no film is in both train and validation.

                 TOKENS  TEXTS
               up to 16    300  ███
               up to 32      0
               up to 64  3,000  ██████████████████████████████
            up to 1,024      2  █
            Half of the texts have at most 81 tokens, 90 % at most 136; the longest has 1,024.
            5.1 % are longer than 512 tokens, the most that models read.
            """.ReplaceLineEndings("\n"),
            terminal.Page);
    }
}
