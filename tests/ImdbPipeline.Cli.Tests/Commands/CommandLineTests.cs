using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Sessions;

namespace ImdbPipeline.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    /// <summary>A storage account that cannot be reached: nothing listens on port 1.</summary>
    private const string UnreachableStorage =
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a;";

    public static TheoryData<string> EveryCommand => [.. Paths(CommandLine.Tree(new FakeTerminal().Terminal, new GlobalOptions()), "")];

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task The_help_of_every_command_shows_a_description_examples_and_exit_codes(string command)
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.Ok, await terminal.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));

        Assert.Contains("Description:", terminal.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", terminal.Output, StringComparison.Ordinal);
        if (command.Length > 0)
            Assert.Contains("Examples:\n  imdb " + command.Split(' ')[0], terminal.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Empty(terminal.Error);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("upload")]
    [InlineData("models")]
    [InlineData("models", "promote")]
    [InlineData("retrain", "--frobnicate")]
    [InlineData("tokenize", "--max-length", "2", "--vocab", "vocab.txt")]
    [InlineData("status", "--storage", "AccountName=a;AccountKey")]
    public async Task Invalid_usage_exits_with_code_2_and_a_one_line_error(params string[] args)
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.WrongUsage, await terminal.RunAsync(args));
        Assert.StartsWith("error: ", terminal.Error, StringComparison.Ordinal);
        Assert.Equal(1, terminal.Error.Count(c => c == '\n'));
        Assert.Empty(terminal.Output);
    }

    [Fact]
    public async Task Missing_arguments_are_named_and_described()
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.WrongUsage, await terminal.RunAsync("runs", "show"));
        Assert.Equal("error: expected <run>, found nothing. <run>: A run from 'imdb runs list'. See 'imdb runs show --help'.\n", terminal.Error);
    }

    [Fact]
    public async Task A_server_that_is_no_storage_exits_with_code_5_and_its_page_is_not_shown()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var serving = ServeAsync(server, stop.Token);
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.StorageUnreachable, await terminal.RunAsync("status", "--storage", UnreachableStorage.Replace("http://127.0.0.1:1", address, StringComparison.Ordinal)));

        Assert.Equal($"error: storage account: expected Azure Storage or Azurite at {address}, found another server (HTTP status 404). Check the address, or stop the program that uses its port.\n", terminal.Error);
        await stop.CancelAsync();
        await serving;
    }

    /// <summary>Answers every request with an HTML page.</summary>
    private static async Task ServeAsync(TcpListener server, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var client = await server.AcceptTcpClientAsync(stop);
                await using var stream = client.GetStream();
                if (await stream.ReadAsync(new byte[64 << 10], stop) > 0)
                    await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<html>no</html>"u8.ToArray(), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    [Fact]
    public async Task Without_a_command_the_help_is_shown_and_the_exit_code_is_2()
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.WrongUsage, await terminal.RunAsync());
        Assert.Contains("retrain", terminal.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("models", "list")]
    [InlineData("retrain")]
    public async Task Unreachable_storage_exits_with_code_5(params string[] args)
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.StorageUnreachable, await terminal.RunAsync([.. args, "--storage", UnreachableStorage]));
        Assert.Equal(
            "error: storage account: expected an answer from http://127.0.0.1:1, found none. Start it with 'imdb up' in another terminal.\n",
            terminal.Error);
    }

    [Fact]
    public async Task Without_the_storage_option_the_environment_variable_is_used()
    {
        var terminal = new FakeTerminal(settings: [("AzureWebJobsStorage", UnreachableStorage)]);

        Assert.Equal(ExitCode.StorageUnreachable, await terminal.RunAsync("status"));
        Assert.Contains("http://127.0.0.1:1", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_exits_with_code_4_before_storage_is_contacted()
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.NotFound, await terminal.RunAsync("upload", "no-such-file.tar.gz", "--storage", UnreachableStorage));
        Assert.Equal("error: no-such-file.tar.gz: expected a file, found nothing. Check the path.\n", terminal.Error);
    }

    [Fact]
    public async Task With_json_a_failure_is_printed_as_one_document()
    {
        var terminal = new FakeTerminal();

        Assert.Equal(ExitCode.StorageUnreachable, await terminal.RunAsync("status", "--json", "--storage", UnreachableStorage));

        using var document = JsonDocument.Parse(terminal.Output);
        Assert.Equal(5, document.RootElement.GetProperty("exitCode").GetInt32());
        Assert.StartsWith("storage account", document.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.SelectMany(child => Paths(child, $"{path} {child.Name}".Trim())).Prepend(path);
}
