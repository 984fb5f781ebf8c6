using System.CommandLine;
using System.Text.Json;

namespace ImdbPipeline.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    /// <summary>Nothing listens on port 1.</summary>
    private const string Away =
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a;";

    public static TheoryData<string> EveryCommand => [.. Paths(CommandLine.Tree(new PlayedTerminal().Terminal, new GlobalOptions()), "")];

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task Every_command_explains_itself_with_examples_and_exit_codes(string command)
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.Ok, await played.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));

        Assert.Contains("Description:", played.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", played.Output, StringComparison.Ordinal);
        if (command.Length > 0)
            Assert.Contains("Examples:\n  imdb " + command.Split(' ')[0], played.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Empty(played.Error);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("upload")]
    [InlineData("models")]
    [InlineData("models", "promote")]
    [InlineData("retrain", "--frobnicate")]
    [InlineData("tokenize", "--max-length", "2", "--vocab", "vocab.txt")]
    [InlineData("status", "--storage", "AccountName=a;AccountKey")]
    public async Task Wrong_usage_exits_2_with_one_line(params string[] args)
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.WrongUsage, await played.RunAsync(args));
        Assert.StartsWith("error: ", played.Error, StringComparison.Ordinal);
        Assert.Equal(1, played.Error.Count(c => c == '\n'));
        Assert.Empty(played.Output);
    }

    [Fact]
    public async Task No_command_shows_the_help_and_is_wrong_usage()
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.WrongUsage, await played.RunAsync());
        Assert.Contains("retrain", played.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("models", "list")]
    [InlineData("retrain")]
    public async Task Storage_that_does_not_answer_exits_5(params string[] args)
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.StorageUnreachable, await played.RunAsync([.. args, "--storage", Away]));
        Assert.Equal(
            "error: storage account: expected an answer from http://127.0.0.1:1, found none. Start it with 'imdb up' in another terminal.\n",
            played.Error);
    }

    [Fact]
    public async Task The_storage_setting_is_used_where_no_option_is_given()
    {
        var played = new PlayedTerminal(settings: [("AzureWebJobsStorage", Away)]);

        Assert.Equal(ExitCode.StorageUnreachable, await played.RunAsync("status"));
        Assert.Contains("http://127.0.0.1:1", played.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_exits_4_before_storage_is_asked()
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.NotFound, await played.RunAsync("upload", "no-such-file.tar.gz", "--storage", Away));
        Assert.Equal("error: no-such-file.tar.gz: expected a file, found nothing there. Look at the path.\n", played.Error);
    }

    [Fact]
    public async Task With_json_a_failure_is_one_document_too()
    {
        var played = new PlayedTerminal();

        Assert.Equal(ExitCode.StorageUnreachable, await played.RunAsync("status", "--json", "--storage", Away));

        using var document = JsonDocument.Parse(played.Output);
        Assert.Equal(5, document.RootElement.GetProperty("exitCode").GetInt32());
        Assert.StartsWith("storage account", document.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.SelectMany(child => Paths(child, $"{path} {child.Name}".Trim())).Prepend(path);
}
