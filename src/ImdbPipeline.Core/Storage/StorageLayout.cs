using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Storage;

/// <summary>Every container, blob path and queue of the pipeline. Constants, so that trigger attributes can use them.</summary>
public static class StorageLayout
{
    /// <summary>Uploaded archives: <c>datasets/{archive}</c> or <c>datasets/{task}/{archive}</c>.</summary>
    public const string Datasets = "datasets";

    /// <summary>Prepared datasets: <c>prepared/{dataset}/{version}/…</c>.</summary>
    public const string Prepared = "prepared";

    /// <summary>Training runs: <c>runs/{run}/…</c>.</summary>
    public const string Runs = "runs";

    /// <summary>Published models: <c>models/{version}/…</c>, the champion pointers, and base models under <c>base/</c>.</summary>
    public const string Models = "models";

    /// <summary>Incoming files to be scored: <c>incoming/{file}</c> or <c>incoming/{task}/{file}</c>.</summary>
    public const string Incoming = "incoming";

    /// <summary>Scored files: <c>scores/{file}</c>.</summary>
    public const string Scores = "scores";

    public const string RetrainQueue = "retrain";
    public const string TrainingJobsQueue = "training-jobs";
    public const string ScoringShardsQueue = "scoring-shards";

    /// <summary>Upload events from Event Grid; unused where blob triggers detect uploads.</summary>
    public const string BlobEventsQueue = "blob-events";

    public const string RetrainPoisonQueue = RetrainQueue + PoisonSuffix;
    public const string TrainingJobsPoisonQueue = TrainingJobsQueue + PoisonSuffix;
    public const string ScoringShardsPoisonQueue = ScoringShardsQueue + PoisonSuffix;
    public const string BlobEventsPoisonQueue = BlobEventsQueue + PoisonSuffix;

    /// <summary>Where the Functions host puts blob events that failed too often; the name is fixed by the host.</summary>
    public const string BlobTriggerPoisonQueue = "webjobs-blobtrigger-poison";

    public const string PoisonSuffix = "-poison";

    /// <summary>Blob trigger path for uploaded archives.</summary>
    public const string DatasetsTrigger = Datasets + "/{name}";

    /// <summary>Blob trigger path for incoming files.</summary>
    public const string IncomingTrigger = Incoming + "/{name}";

    public static IReadOnlyList<string> Containers { get; } = [Datasets, Prepared, Runs, Models, Incoming, Scores];

    public static IReadOnlyList<string> Queues { get; } =
    [
        RetrainQueue, TrainingJobsQueue, ScoringShardsQueue, BlobEventsQueue,
        RetrainPoisonQueue, TrainingJobsPoisonQueue, ScoringShardsPoisonQueue, BlobEventsPoisonQueue, BlobTriggerPoisonQueue,
    ];

    /// <summary>Maximum length of a blob's name, in characters.</summary>
    public const int MaxBlobName = 1024;

    // An upload's name may use all of a blob name's characters.
    private const int MaxNameLength = 1000;

    // prepared/

    /// <summary>Prefix of <see cref="ArchiveRecord"/>.</summary>
    public const string ArchiveRecords = "_archives/";

    /// <summary>The result of ingesting an archive; names that start with an underscore are reserved for the pipeline.</summary>
    public static string ArchiveRecord(string archive) => $"{ArchiveRecords}{(archive.Length <= MaxNameLength && BlobName.IsAddressable(archive) ? archive : Replacement(archive))}.json";

    /// <summary>Which dataset a version belongs to; create-only, so that the same content belongs to one dataset.</summary>
    public static string VersionClaim(string version) => $"_versions/{version}.json";

    /// <summary>How to prepare an archive, next to it in <c>datasets</c>; never data.</summary>
    public static string UploadSettings(string archive) => archive + UploadSettingsSuffix;

    /// <summary>The archive that an upload belongs to: itself, or the one that it is the settings of.</summary>
    public static string ArchiveOf(string upload) => IsUploadSettings(upload) ? upload[..^UploadSettingsSuffix.Length] : upload;

    public static bool IsUploadSettings(string upload) => upload.Length > UploadSettingsSuffix.Length && upload.EndsWith(UploadSettingsSuffix, StringComparison.Ordinal);

    private const string UploadSettingsSuffix = ".settings.json";

    public static string DatasetFolder(string dataset, string version) => $"{dataset}/{version}/";

    /// <summary>A shard in <see cref="DatasetFolder"/>.</summary>
    public static string DatasetShard(string split, int index, string sha256) => $"{split}-{index:00000}-{sha256[..16]}.parquet";

    /// <summary>The commit point of a dataset version; a version without a manifest does not exist.</summary>
    public static string Manifest(string dataset, string version) => $"{dataset}/{version}/manifest.json";

    public static string Rejection(string dataset) => $"{dataset}/rejected.json";

    /// <summary>Prefix of <see cref="TaskRecord"/>.</summary>
    public const string TaskRecords = "_tasks/";

    /// <summary>The labels of a task; create-only.</summary>
    public static string TaskRecord(string task) => $"{TaskRecords}{task}.json";

    /// <summary>The first folder of an upload, which names its task; null without one.</summary>
    public static string? FolderOf(string upload) => upload.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? upload[..slash] : null;

    // runs/

    public static string Run(string run) => $"{run}/run.json";

    /// <summary>Records that the run's job was queued.</summary>
    public static string RunJob(string run) => $"{run}/job.json";

    /// <summary>The trainer that holds this blob's lease may write to the run.</summary>
    public static string RunLock(string run) => $"{run}/lock";

    public static string RunMetrics(string run) => $"{run}/metrics.jsonl";

    /// <summary>Prefix of all checkpoints, so that one lifecycle rule can delete those of dead runs.</summary>
    public const string Checkpoints = "_checkpoints/";

    /// <summary>Prefix of a run's checkpoints.</summary>
    public static string RunCheckpoints(string run) => $"{Checkpoints}{run}/";

    /// <summary>Each attempt has its own names, so that no two trainers write the same blob; the newest has the highest name.</summary>
    public static string RunCheckpoint(string run, int attempt, int number) => $"{RunCheckpoints(run)}{attempt:0000}-{number:000000}.safetensors";

    /// <summary>The attempt that stored a checkpoint.</summary>
    public static int AttemptOf(string checkpoint) => int.Parse(checkpoint[(checkpoint.LastIndexOf('/') + 1)..].Split('-')[0], CultureInfo.InvariantCulture);

    /// <summary>Prefix of <see cref="Host"/>.</summary>
    public const string Hosts = "_hosts/";

    /// <summary>A host that is alive.</summary>
    public static string Host(string name) => $"{Hosts}{name}.json";

    /// <summary>Prefix of <see cref="PoisonRecord"/>.</summary>
    public const string PoisonRecords = "_poison/";

    /// <summary>Why a message became a poison message; one blob per message.</summary>
    public static string PoisonRecord(string queue, string messageId) => $"{PoisonRecords}{queue}/{messageId}.json";

    // models/

    /// <summary>A task's current champion and the history of promotions.</summary>
    public static string Champion(string task) => $"_tasks/{task}/champion.json";

    /// <summary>The champion from before there were tasks; read as that of the default task until that one changes.</summary>
    public const string EarlierChampion = "champion.json";

    public const string BaseModels = "base/";

    public static string ModelFolder(string version) => $"{version}/";

    /// <summary>Lists a model's files and checksums; written last, so a model without it does not exist.</summary>
    public static string ModelManifest(string version) => $"{version}/manifest.json";

    // incoming/

    // Blob names have at most 1,024 characters, and the names of the results are longer.
    public const int MaxIncomingNameLength = 900;

    /// <summary>Whether an incoming file's name is a safe blob path outside the folders reserved for the pipeline.</summary>
    public static bool IsSafeName(string file) =>
        file.Length is > 0 and <= MaxIncomingNameLength && file[0] != '_' && !file.Contains('\\', StringComparison.Ordinal) && BlobName.IsAddressable(file) && !file.Split('/').Contains("");

    // scores/

    /// <summary>Scores are always JSONL: <c>reviews.jsonl</c> keeps its name, <c>reviews.csv</c> becomes <c>reviews.csv.jsonl</c>.</summary>
    public static string ScoredFile(string incoming) => incoming.EndsWith(".jsonl", StringComparison.Ordinal) ? incoming : incoming + ".jsonl";

    /// <summary>Written after the scored file: the commit point.</summary>
    public static string ScoreSummary(string incoming) => ScoredFile(incoming)[..^".jsonl".Length] + SummarySuffix;

    /// <summary>Why an incoming file was rejected.</summary>
    public static string ScoreRejection(string incoming) => (IsSafeName(incoming) ? incoming : RejectedNames + Replacement(incoming)) + RejectionSuffix;

    /// <summary>Folder for the rejections of files whose names cannot be used.</summary>
    public const string RejectedNames = "_rejected/";

    public const string SummarySuffix = ".summary.json";

    public const string RejectionSuffix = ".rejected.json";

    /// <summary>Folder for files that are being scored.</summary>
    public const string ScoreWork = "_work/";

    public static string ScorePlanFolder(string plan) => $"_work/{plan}/";

    /// <summary>The model and shards for one version of an incoming file.</summary>
    public static string ScorePlan(string plan) => $"_work/{plan}/plan.json";

    public static string ScoreInput(string plan, int shard) => $"_work/{plan}/in-{shard:00000}.jsonl";

    public static string ScoreOutput(string plan, int shard) => $"_work/{plan}/out-{shard:00000}.jsonl";

    /// <summary>Prefix of a plan's scored shards.</summary>
    public static string ScoreOutputs(string plan) => $"_work/{plan}/out-";

    /// <summary>Why a shard failed on its last attempt.</summary>
    public static string ScoreFailure(string plan, int shard) => $"_work/{plan}/error-{shard:00000}.json";

    /// <summary>Stands for a name that is too long or cannot be addressed.</summary>
    private static string Replacement(string name) => "long/" + Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan())));
}
