using ImdbPipeline.Cli.Screens;

namespace ImdbPipeline.Cli.Tests.Screens;

public sealed class ListingTests
{
    [Fact]
    public void On_a_wide_page_all_columns_and_sentences_are_in_one_row() =>
        Assert.Equal(
            """
            RUN                       STATE    STEPS  NOTE
            20260102-000000-abcdef02  failed  12/470  the archive holds no text of the label neg
            20260101-000000-abcdef01  queued
            """,
            Show(120));

    [Fact]
    public void On_a_narrow_page_sentences_are_wrapped_between_words() =>
        Assert.Equal(
            """
            RUN                       STATE    STEPS  NOTE
            20260102-000000-abcdef02  failed  12/470  the archive holds no text of the
                                                      label neg
            20260101-000000-abcdef01  queued
            """,
            Show(78));

    [Fact]
    public void On_a_narrower_page_a_column_is_left_out_and_sentences_are_below_their_row() =>
        Assert.Equal(
            """
            RUN                       STATE
            20260102-000000-abcdef02  failed
              the archive holds no text of the
              label neg
            20260101-000000-abcdef01  queued
            """,
            Show(36));

    [Fact]
    public void On_a_page_that_is_too_narrow_rows_become_blocks_and_no_id_is_broken() =>
        Assert.Equal(
            """
            run    20260102-000000-abcdef02
            state  failed
            steps  12/470
            note   the archive holds no
                   text of the label neg

            run    20260101-000000-abcdef01
            state  queued
            """,
            Show(28));

    [Fact]
    public void Redirected_output_is_separated_by_tabs_without_padding()
    {
        var terminal = new FakeTerminal();
        Sample().Show(terminal.Terminal.Page);
        Assert.Equal(
            "run\tstate\tsteps\tnote\n20260102-000000-abcdef02\tfailed\t12/470\tthe archive holds no text of the label neg\n20260101-000000-abcdef01\tqueued\t\t\n", terminal.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Wide_characters_keep_the_columns_aligned()
    {
        var listing = new Listing("label", "count");
        listing.Add("正面", "1");
        listing.Add("bad", "2");

        Assert.Equal("LABEL  COUNT\n正面   1\nbad    2", Page(listing, 80));
    }

    private static Listing Sample()
    {
        var listing = new Listing("run", "state", new ListColumn("steps") { IsNumber = true, Rank = 1 }, new ListColumn("note") { IsText = true });
        listing.Add("20260102-000000-abcdef02", "failed", "12/470", "the archive holds no text of the label neg");
        listing.Add("20260101-000000-abcdef01", "queued", "", "");
        return listing;
    }

    private static string Show(int width) => Page(Sample(), width);

    private static string Page(Listing listing, int width)
    {
        var terminal = new FakeTerminal();
        terminal.Terminal.Page.Profile.Width = width;
        listing.Show(terminal.Terminal.Page);
        return terminal.Page;
    }
}
