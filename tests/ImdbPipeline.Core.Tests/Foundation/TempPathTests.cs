using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tests.Foundation;

public sealed class TempPathTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("imdb-scratch-tests-").FullName;

    private string Target => Path.Combine(folder, "scores.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_path_is_deleted_on_dispose_whether_unused_a_file_or_a_folder()
    {
        using (TempPath.CreateNextTo(Target))
        using (var file = TempPath.CreateNextTo(Target))
        using (var directory = TempPath.CreateNextTo(Target))
        {
            File.WriteAllText(file.Path, "half");
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(directory.Path).FullName, "part"), "half");
            Assert.Equal(3 + 2, Directory.GetFileSystemEntries(folder).Length);
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void Leftovers_of_killed_processes_are_deleted()
    {
        string file = Leftover("scores.jsonl"), directory = Leftover("scores.jsonl"), unlocked = Leftover("scores.jsonl");
        foreach (var path in (string[])[file, directory, Leftover("scores.jsonl")])
            File.WriteAllText(path + ".lock", "");
        foreach (var path in (string[])[file, unlocked])
            File.WriteAllText(path, "half");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(directory).FullName, "part"), "half");

        TempPath.CreateNextTo(Target).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void Files_of_running_processes_are_kept()
    {
        using var running = TempPath.CreateNextTo(Target);
        File.WriteAllText(running.Path, "half");
        TempPath.CreateNextTo(Target).Dispose();
        Assert.Equal("half", File.ReadAllText(running.Path));
    }

    [Theory]
    [InlineData("scores.jsonl.partial")]
    [InlineData("scores.jsonl.partial-1")]
    [InlineData("scores.jsonl.partial-00000000000000000000000000000000.txt")]
    [InlineData("other.jsonl.partial-00000000000000000000000000000000")]
    [InlineData("scores.jsonl")]
    public void Files_with_similar_names_are_kept(string name)
    {
        File.WriteAllText(Path.Combine(folder, name), "mine");
        TempPath.CreateNextTo(Target).Dispose();
        Assert.Equal(Path.Combine(folder, name), Assert.Single(Directory.GetFileSystemEntries(folder)));
    }

    [Fact]
    public void Concurrent_users_never_delete_each_others_files()
    {
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using var scratch = TempPath.CreateNextTo(Target);
            File.WriteAllText(scratch.Path, $"{i}");
            using (TempPath.CreateNextTo(Target))
                Assert.Equal($"{i}", File.ReadAllText(scratch.Path));
        });
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_missing_folder_is_reported_at_once() =>
        Assert.Throws<DirectoryNotFoundException>(() => TempPath.CreateNextTo(Path.Combine(folder, "missing", "scores.jsonl")));

    private string Leftover(string name) => Path.Combine(folder, $"{name}.partial-{Guid.NewGuid():N}");
}
