using BenchmarkDotNet.Attributes;
using ImdbPipeline.Benchmarks.Pipeline;
using ImdbPipeline.Core.Tokenizing;
using BertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;

namespace ImdbPipeline.Benchmarks.Kernels;

/// <summary>Tokenizes real reviews on one core.</summary>
[MemoryDiagnoser]
public class TokenizerKernels
{
    private string[] reviews = [];
    private BertTokenizer library = null!;
    private ModelTokenizer thisProject = null!;

    [GlobalSetup]
    public void Prepare()
    {
        var vocabulary = BenchmarkData.Vocabulary;
        (library, thisProject) = (BertTokenizer.Create(vocabulary), ModelTokenizer.FromVocabulary(File.ReadAllBytes(vocabulary)));
        reviews = [.. RealArchive.Reviews().Take(200)];
    }

    [Benchmark(Baseline = true)]
    public int Library() => reviews.Sum(review => library.EncodeToIds(review).Count);

    [Benchmark]
    public int ThisProject() => reviews.Sum(review => thisProject.Encode(review).Length);
}
