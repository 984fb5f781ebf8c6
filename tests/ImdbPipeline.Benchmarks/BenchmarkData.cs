using ImdbPipeline.Testing;

namespace ImdbPipeline.Benchmarks;

/// <summary>The files that benchmarks read: given by an option, otherwise from the folder <c>shared</c> near the repository.</summary>
internal static class BenchmarkData
{
    private static readonly Option archive = new(
        "--archive", "IMDB_BENCHMARK_ARCHIVE", "data/imdb/aclImdb_v1.tar.gz", "the Large Movie Review Dataset, https://ai.stanford.edu/~amaas/data/sentiment/");

    private static readonly Option vocabulary = new(
        "--vocab", "IMDB_BENCHMARK_VOCAB", "data/bert-base-uncased/vocab.txt", "the vocab.txt of distilbert-base-uncased");

    /// <exception cref="FileNotFoundException">No option names it, and it is not in the folder.</exception>
    public static string Archive => archive.Find();

    /// <inheritdoc cref="Archive"/>
    public static string Vocabulary => vocabulary.Find();

    /// <summary>Takes the options out of the arguments; processes started from here inherit them.</summary>
    public static string[] TakeOptions(string[] arguments)
    {
        var rest = new List<string>(arguments);
        foreach (var option in (Option[])[archive, vocabulary])
            if (rest.IndexOf(option.Name) is >= 0 and var at && at + 1 < rest.Count)
            {
                Environment.SetEnvironmentVariable(option.Variable, Path.GetFullPath(rest[at + 1]));
                rest.RemoveRange(at, 2);
            }
        return [.. rest];
    }

    private sealed record Option(string Name, string Variable, string SharedPath, string Contents)
    {
        public string Find()
        {
            var path = Environment.GetEnvironmentVariable(Variable) ?? SharedFiles.Find(SharedPath);
            return File.Exists(path)
                ? path
                : throw new FileNotFoundException($"benchmarks: expected {Contents}, found {path ?? "no file"}. Download it and pass its path with {Name}.");
        }
    }
}
