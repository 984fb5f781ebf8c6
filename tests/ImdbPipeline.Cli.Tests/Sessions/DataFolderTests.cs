using ImdbPipeline.Cli.Sessions;
using ImdbPipeline.Testing;
using Microsoft.Extensions.Configuration;

namespace ImdbPipeline.Cli.Tests.Sessions;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_data_of_a_repository_is_found_from_all_of_its_folders()
    {
        Make("repository/.git");
        Make("repository/.imdb");
        Make("repository/src/deep");

        Assert.Equal(folder["repository/.imdb"], Find("repository/src/deep").Path);
        Assert.Equal(folder["repository/.imdb"], Find("repository").Path);
    }

    [Fact]
    public void Without_data_a_new_folder_belongs_to_the_root_of_the_repository_or_else_to_the_current_folder()
    {
        Make("outer/.imdb");
        Make("outer/repository/.git");
        Make("outer/repository/src");
        Make("alone/deep");

        Assert.Equal(folder["outer/repository/.imdb"], Find("outer/repository/src").Path);
        Assert.Equal(folder["alone/deep/.imdb"], Find("alone/deep").Path);
    }

    [Fact]
    public void IMDB_HOME_comes_first()
    {
        Make("repository/.imdb");
        Assert.Equal(folder["home"], Find("repository", ("IMDB_HOME", folder["home"])).Path);
    }

    [Fact]
    public void A_new_folder_says_where_the_one_used_last_lies_while_that_one_exists()
    {
        Make("one");
        Make("two");
        Assert.Null(Find("one").LastUsed);
        Find("one").Create(Settings());

        Assert.Null(Find("one").LastUsed);
        Assert.Equal(folder["one/.imdb"], Find("two").LastUsed);
        Directory.Delete(folder["one/.imdb"]);
        Assert.Null(Find("two").LastUsed);
    }

    private DataFolder Find(string current, params (string Name, string Value)[] settings) => DataFolder.Find(Settings(settings), folder[current]);

    private IConfiguration Settings(params (string Name, string Value)[] settings) => TestSettings.Of([.. settings, ("IMDB_CACHE", folder["cache"])]);

    private void Make(string name) => Directory.CreateDirectory(folder[name]);
}
