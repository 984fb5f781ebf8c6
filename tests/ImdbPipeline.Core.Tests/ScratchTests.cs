namespace ImdbPipeline.Core.Tests;

public sealed class ScratchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("imdb-scratch-tests-").FullName;

    private string Target => Path.Combine(folder, "scores.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_is_gone_with_its_object_whether_nothing_a_file_or_a_folder_was_made_of_it()
    {
        using (Scratch.Beside(Target))
        using (var file = Scratch.Beside(Target))
        using (var place = Scratch.Beside(Target))
        {
            File.WriteAllText(file.Path, "half");
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(place.Path).FullName, "part"), "half");
            Assert.Equal(3 + 2, Directory.GetFileSystemEntries(folder).Length);
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void What_killed_processes_left_is_deleted_by_the_next_one()
    {
        string file = Dead("scores.jsonl"), place = Dead("scores.jsonl"), unlocked = Dead("scores.jsonl");
        foreach (var path in (string[])[file, place, Dead("scores.jsonl")])
            File.WriteAllText(path + ".lock", "");
        foreach (var path in (string[])[file, unlocked])
            File.WriteAllText(path, "half");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(place).FullName, "part"), "half");

        Scratch.Beside(Target).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void What_a_living_process_works_on_is_left_alone()
    {
        using var living = Scratch.Beside(Target);
        File.WriteAllText(living.Path, "half");
        Scratch.Beside(Target).Dispose();
        Assert.Equal("half", File.ReadAllText(living.Path));
    }

    [Theory]
    [InlineData("scores.jsonl.partial")]
    [InlineData("scores.jsonl.partial-1")]
    [InlineData("scores.jsonl.partial-00000000000000000000000000000000.txt")]
    [InlineData("other.jsonl.partial-00000000000000000000000000000000")]
    [InlineData("scores.jsonl")]
    public void What_only_looks_alike_is_left_alone(string name)
    {
        File.WriteAllText(Path.Combine(folder, name), "mine");
        Scratch.Beside(Target).Dispose();
        Assert.Equal(Path.Combine(folder, name), Assert.Single(Directory.GetFileSystemEntries(folder)));
    }

    [Fact]
    public void Many_at_once_never_delete_each_others()
    {
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            using var scratch = Scratch.Beside(Target);
            File.WriteAllText(scratch.Path, $"{i}");
            using (Scratch.Beside(Target))
                Assert.Equal($"{i}", File.ReadAllText(scratch.Path));
        });
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_said_at_once() =>
        Assert.Throws<DirectoryNotFoundException>(() => Scratch.Beside(Path.Combine(folder, "missing", "scores.jsonl")));

    private string Dead(string name) => Path.Combine(folder, $"{name}.partial-{Guid.NewGuid():N}");
}
