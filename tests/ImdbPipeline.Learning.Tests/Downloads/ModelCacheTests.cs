using ImdbPipeline.Learning.Downloads;
using ImdbPipeline.Testing;

namespace ImdbPipeline.Learning.Tests.Downloads;

public sealed class ModelCacheTests : IDisposable
{
    private const int EntryBytes = 1000;

    private readonly TemporaryFolder folder = new();
    private readonly AdjustableTimeProvider time = new();

    private string Root => folder["cache"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Beyond_the_size_limit_the_least_recently_used_entries_are_deleted()
    {
        var cache = new ModelCache(Root, time, maxBytes: 2 * EntryBytes);
        foreach (var name in (string[])["models/a", "models/b", "models/a", "hub/x/c"])
        {
            await AddAsync(cache, name);
            time.Advance(TimeSpan.FromHours(2));
        }

        Assert.Equal(["hub/x/c", "models/a"], Entries());
        Assert.Equal("models/b", await ReadAsync(cache, "models/b"));
    }

    [Fact]
    public async Task Entries_used_a_moment_ago_are_kept()
    {
        var cache = new ModelCache(Root, time, maxBytes: EntryBytes);
        foreach (var name in (string[])["models/a", "models/b", "models/c"])
            await AddAsync(cache, name);

        Assert.Equal(["models/a", "models/b", "models/c"], Entries());
    }

    [Fact]
    public async Task An_entry_that_another_process_is_filling_again_is_kept()
    {
        var cache = new ModelCache(Root, time, maxBytes: EntryBytes);
        await AddAsync(cache, "models/a");
        time.Advance(TimeSpan.FromHours(2));
        await using (new FileStream(cache.PathOf("models/a") + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            await AddAsync(cache, "models/b");

        Assert.Equal(["models/a", "models/b"], Entries());
    }

    [Fact]
    public async Task The_cache_is_readable_by_its_owner_only()
    {
        await AddAsync(new ModelCache(Root, time), "models/a");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Root));
    }

    private static Task<string> AddAsync(ModelCache cache, string name) =>
        cache.GetOrAddAsync(name, folder => File.WriteAllTextAsync(Path.Combine(folder, "model"), name.PadRight(EntryBytes), CancellationToken.None), TestContext.Current.CancellationToken);

    private static async Task<string> ReadAsync(ModelCache cache, string name) => (await File.ReadAllTextAsync(Path.Combine(await AddAsync(cache, name), "model"), TestContext.Current.CancellationToken)).Trim();

    private IEnumerable<string> Entries() =>
        Directory.GetFiles(Root, "model", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, Path.GetDirectoryName(file)!).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
