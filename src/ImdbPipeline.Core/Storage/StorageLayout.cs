using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ImdbPipeline.Core.Storage;

/// <summary>Every container, blob path and queue of the pipeline. Constants, so that trigger attributes can use them.</summary>
public static class StorageLayout
{
    /// <summary>Uploaded archives: <c>datasets/{archive}</c>.</summary>
    public const string Datasets = "datasets";

    /// <summary>Prepared data sets: <c>prepared/{dataset}/{version}/…</c>.</summary>
    public const string Prepared = "prepared";

    /// <summary>Training runs: <c>runs/{run}/…</c>.</summary>
    public const string Runs = "runs";

    /// <summary>Published models: <c>models/{version}/…</c>, the champion pointer, and base models under <c>base/</c>.</summary>
    public const string Models = "models";

    /// <summary>Reviews to be scored: <c>incoming/{file}</c>.</summary>
    public const string Incoming = "incoming";

    /// <summary>Scored reviews: <c>scores/{file}</c>.</summary>
    public const string Scores = "scores";

    public const string RetrainQueue = "retrain";
    public const string TrainingJobsQueue = "training-jobs";
    public const string ScoringShardsQueue = "scoring-shards";

    /// <summary>Where Event Grid tells of uploads; nothing comes here where blob triggers look for them.</summary>
    public const string BlobEventsQueue = "blob-events";

    public const string RetrainPoisonQueue = RetrainQueue + PoisonSuffix;
    public const string TrainingJobsPoisonQueue = TrainingJobsQueue + PoisonSuffix;
    public const string ScoringShardsPoisonQueue = ScoringShardsQueue + PoisonSuffix;
    public const string BlobEventsPoisonQueue = BlobEventsQueue + PoisonSuffix;

    /// <summary>Where the Functions host puts blob events that failed too often; the name is the host's.</summary>
    public const string BlobTriggerPoisonQueue = "webjobs-blobtrigger-poison";

    public const string PoisonSuffix = "-poison";

    /// <summary>The path of the blob trigger on uploaded archives.</summary>
    public const string DatasetsTrigger = Datasets + "/{name}";

    /// <summary>The path of the blob trigger on reviews to be scored.</summary>
    public const string IncomingTrigger = Incoming + "/{name}";

    public static IReadOnlyList<string> Containers { get; } = [Datasets, Prepared, Runs, Models, Incoming, Scores];

    public static IReadOnlyList<string> Queues { get; } =
    [
        RetrainQueue, TrainingJobsQueue, ScoringShardsQueue, BlobEventsQueue,
        RetrainPoisonQueue, TrainingJobsPoisonQueue, ScoringShardsPoisonQueue, BlobEventsPoisonQueue, BlobTriggerPoisonQueue,
    ];

    // A blob's name has at most 1,024 characters, and uploads may use all of them.
    private const int MostNameLength = 1000;

    // prepared/

    /// <summary>What became of an uploaded archive; names beginning with an underscore are the pipeline's own.</summary>
    public static string ArchiveRecord(string archive) => $"_archives/{(archive.Length <= MostNameLength ? archive : Shortened(archive))}.json";

    /// <summary>Which data set a version belongs to: claimed create-only, so that one content has one home.</summary>
    public static string VersionClaim(string version) => $"_versions/{version}.json";

    public static string DatasetFolder(string dataset, string version) => $"{dataset}/{version}/";

    /// <summary>The commit point of a data set version: a version without its manifest does not exist.</summary>
    public static string Manifest(string dataset, string version) => $"{dataset}/{version}/manifest.json";

    public static string Rejection(string dataset) => $"{dataset}/rejected.json";

    // runs/

    public static string Run(string run) => $"{run}/run.json";

    /// <summary>Says that the run's job was put on the queue.</summary>
    public static string RunJob(string run) => $"{run}/job.json";

    /// <summary>The blob whose lease says which trainer may write to the run.</summary>
    public static string RunLock(string run) => $"{run}/lock";

    public static string RunMetrics(string run) => $"{run}/metrics.jsonl";

    /// <summary>The beginning of the names of all checkpoints: in one place, so that a lifecycle rule can delete what dead runs left.</summary>
    public const string Checkpoints = "_checkpoints/";

    /// <summary>The beginning of the names of a run's checkpoints.</summary>
    public static string RunCheckpoints(string run) => $"{Checkpoints}{run}/";

    /// <summary>
    /// Each attempt writes names of its own, so that no two trainers write to one blob; the newest has the highest name.
    /// </summary>
    public static string RunCheckpoint(string run, int attempt, int number) => $"{RunCheckpoints(run)}{attempt:0000}-{number:000000}.safetensors";

    /// <summary>The beginning of the names of <see cref="PoisonRecord"/>.</summary>
    public const string PoisonRecords = "_poison/";

    /// <summary>Why a message was given up, one blob a message.</summary>
    public static string PoisonRecord(string queue, string messageId) => $"{PoisonRecords}{queue}/{messageId}.json";

    // models/

    /// <summary>The pointer to the champion together with the whole history of promotions.</summary>
    public const string Champion = "champion.json";

    public const string BaseModels = "base/";

    public static string ModelFolder(string version) => $"{version}/";

    /// <summary>Lists a model's files with their checksums; written last, so a model without it does not exist.</summary>
    public static string ModelManifest(string version) => $"{version}/manifest.json";

    // scores/

    /// <summary>Scores are always JSONL: <c>reviews.jsonl</c> for itself, <c>reviews.csv.jsonl</c> for <c>reviews.csv</c>.</summary>
    public static string ScoredFile(string incoming) => incoming.EndsWith(".jsonl", StringComparison.Ordinal) ? incoming : incoming + ".jsonl";

    /// <summary>Written after the scored file: the commit point.</summary>
    public static string ScoreSummary(string incoming) => ScoredFile(incoming)[..^".jsonl".Length] + SummarySuffix;

    /// <summary>Why an incoming file was refused.</summary>
    public static string ScoreRejection(string incoming) => incoming + RejectionSuffix;

    public const string SummarySuffix = ".summary.json";

    public const string RejectionSuffix = ".rejected.json";

    /// <summary>Where files are while they are scored.</summary>
    public const string ScoreWork = "_work/";

    public static string ScorePlanFolder(string plan) => $"_work/{plan}/";

    /// <summary>Fixes the model and the shards of one content of one incoming file.</summary>
    public static string ScorePlan(string plan) => $"_work/{plan}/plan.json";

    public static string ScoreInput(string plan, int shard) => $"_work/{plan}/in-{shard:00000}.jsonl";

    public static string ScoreOutput(string plan, int shard) => $"_work/{plan}/out-{shard:00000}.jsonl";

    /// <summary>The beginning of the names of a plan's finished shards.</summary>
    public static string ScoreOutputs(string plan) => $"_work/{plan}/out-";

    /// <summary>Why a shard failed when it was last tried.</summary>
    public static string ScoreFailure(string plan, int shard) => $"_work/{plan}/error-{shard:00000}.json";

    private static string Shortened(string name) => "long/" + Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan())));
}
