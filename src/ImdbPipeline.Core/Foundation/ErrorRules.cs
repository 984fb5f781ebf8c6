namespace ImdbPipeline.Core.Foundation;

/// <summary>All error rules; <c>docs/errors.md</c> is generated from them.</summary>
public static class ErrorRules
{
    private const string Archives = "Archives";
    private const string Datasets = "Datasets";
    private const string Runs = "Training runs";
    private const string Models = "Models";
    private const string Scoring = "Scoring";
    private const string Hosting = "Settings, storage and hosts";

    public static readonly ErrorRule ArchiveEmpty = new("archive-empty", Archives, "The archive is empty or contains no texts.");
    public static readonly ErrorRule ArchiveKindUnknown = new("archive-kind-unknown", Archives, "The file extension is not one of the supported archive formats.");
    public static readonly ErrorRule ArchiveMissing = new("archive-missing", Archives, "The path of the archive does not exist.", ErrorKind.NotFound);
    public static readonly ErrorRule ArchiveNameInvalid = new("archive-name-invalid", Archives, "The archive's name cannot be used as a dataset name.");
    public static readonly ErrorRule ArchiveRatio = new("archive-ratio", Archives, "The archive expands so much that it looks like a decompression bomb.");
    public static readonly ErrorRule ArchiveRepeated = new("archive-repeated", Archives, "Two archives of one command contain the same texts.");
    public static readonly ErrorRule ArchiveTooBig = new("archive-too-big", Archives, "The archive has too many bytes.");
    public static readonly ErrorRule ArchiveTooBigUnpacked = new("archive-too-big-unpacked", Archives, "The archive has too many uncompressed bytes.");
    public static readonly ErrorRule CsvColumns = new("csv-columns", Archives, "A CSV row has more columns than the header.");
    public static readonly ErrorRule CsvQuotes = new("csv-quotes", Archives, "A CSV row has unbalanced or misplaced quotes.");
    public static readonly ErrorRule ExtensionMismatch = new("extension-mismatch", Archives, "The content is not in the format that the file extension indicates.");
    public static readonly ErrorRule GzipChecksum = new("gzip-checksum", Archives, "The gzip data does not match its CRC-32.");
    public static readonly ErrorRule GzipCorrupt = new("gzip-corrupt", Archives, "The gzip header or the compressed data is invalid.");
    public static readonly ErrorRule GzipLength = new("gzip-length", Archives, "The gzip data does not have the length in its trailer.");
    public static readonly ErrorRule GzipTrailingGarbage = new("gzip-trailing-garbage", Archives, "Other data follows the last gzip member.");
    public static readonly ErrorRule GzipTruncated = new("gzip-truncated", Archives, "The gzip file ends before its trailer.");
    public static readonly ErrorRule JsonlRow = new("jsonl-row", Archives, "A row is not JSON in UTF-8, has no text as a string, or has a list or an object as its label.");
    public static readonly ErrorRule LabelsTooFew = new("labels-too-few", Archives, "The texts, or the training texts, have fewer than two labels.");
    public static readonly ErrorRule LabelsTooMany = new("labels-too-many", Archives, "The texts have too many labels.");
    public static readonly ErrorRule LayoutMixed = new("layout-mixed", Archives, "The archive mixes tables with folders of texts, or folders of different depths.");
    public static readonly ErrorRule MemberDuplicate = new("member-duplicate", Archives, "Two members have the same name.");
    public static readonly ErrorRule MemberNameTooLong = new("member-name-too-long", Archives, "A member's name is too long.");
    public static readonly ErrorRule MemberNameUnsafe = new("member-name-unsafe", Archives, "A member's name is absolute, leaves the archive, or contains control characters, or backslashes in an archive that also uses slashes.");
    public static readonly ErrorRule MemberNotRegular = new("member-not-regular", Archives, "A member is a link, a device or another special file.");
    public static readonly ErrorRule MemberTooBig = new("member-too-big", Archives, "A member has too many uncompressed bytes.");
    public static readonly ErrorRule MoviesMissing = new("movies-missing", Archives, "A movie list (urls_*.txt) has fewer lines than its folder has texts.");
    public static readonly ErrorRule ParquetInvalid = new("parquet-invalid", Archives, "A Parquet file is damaged, too big, or has texts or labels that are not plain values.");
    public static readonly ErrorRule ReviewTooBig = new("review-too-big", Archives, "A text has too many bytes.");
    public static readonly ErrorRule RowIdDuplicate = new("row-id-duplicate", Archives, "Two rows have the same id.");
    public static readonly ErrorRule RowTooLong = new("row-too-long", Archives, "A row or line is too long.");
    public static readonly ErrorRule RowWithoutText = new("row-without-text", Archives, "A row has no text.");
    public static readonly ErrorRule SplitUnknown = new("split-unknown", Archives, "A split is not named train, validation, test, unsup or one of their synonyms.");
    public static readonly ErrorRule TableColumns = new("table-columns", Archives, "The table has no header row, no text or label column, or lacks a chosen column.");
    public static readonly ErrorRule TableUnread = new("table-unread", Archives, "The archive contains a table in an unsupported format.");
    public static readonly ErrorRule TarCorrupt = new("tar-corrupt", Archives, "The tar is damaged.");
    public static readonly ErrorRule TarTrailingGarbage = new("tar-trailing-garbage", Archives, "Other data follows the end of the tar.");
    public static readonly ErrorRule TarTruncated = new("tar-truncated", Archives, "The tar ends before its closing zero blocks.");
    public static readonly ErrorRule TextNotUtf8 = new("text-not-utf8", Archives, "A text is not valid UTF-8.");
    public static readonly ErrorRule TextUtf16 = new("text-utf16", Archives, "A text is UTF-16 instead of UTF-8.");
    public static readonly ErrorRule TooManyMembers = new("too-many-members", Archives, "The archive has too many members.");
    public static readonly ErrorRule TooManyReviews = new("too-many-reviews", Archives, "The archive has too many texts.");
    public static readonly ErrorRule UploadSettingsInvalid = new("upload-settings-invalid", Archives, "The settings file next to an archive is not a JSON object of known settings.");
    public static readonly ErrorRule ZipChecksum = new("zip-checksum", Archives, "A zip member does not match its CRC-32.");
    public static readonly ErrorRule ZipCorrupt = new("zip-corrupt", Archives, "The zip's structure or compressed data is damaged.");
    public static readonly ErrorRule ZipEncrypted = new("zip-encrypted", Archives, "A zip member is encrypted.");
    public static readonly ErrorRule ZipMethod = new("zip-method", Archives, "A zip member is neither stored nor deflated.");
    public static readonly ErrorRule ZipOverlap = new("zip-overlap", Archives, "Two zip members share bytes.");
    public static readonly ErrorRule ZipSize = new("zip-size", Archives, "A zip member's size differs from the one in its header or in the directory.");
    public static readonly ErrorRule ZipTruncated = new("zip-truncated", Archives, "The zip has no central directory at its end.");

    public static readonly ErrorRule DatasetMissing = new("dataset-missing", Datasets, "There is no such prepared dataset.");
    public static readonly ErrorRule DatasetUnknown = new("dataset-unknown", Datasets, "A run or retrain message names a dataset that does not exist.");
    public static readonly ErrorRule DatasetUnlearnable = new("dataset-unlearnable", Datasets, "The training texts have fewer than two labels, or the texts for further pre-training have no words.");
    public static readonly ErrorRule LabelUnknown = new("label-unknown", Datasets, "The archive to evaluate has a label that the model does not know.");

    public static readonly ErrorRule AuxiliaryDatasetRepeated = new("auxiliary-dataset-repeated", Runs, "An auxiliary dataset is a dataset version that the run already trains on.");
    public static readonly ErrorRule CheckpointDamaged = new("checkpoint-damaged", Runs, "The checkpoint does not match its SHA-256; training starts from the beginning.");
    public static readonly ErrorRule JobMessage = new("job-message", Runs, "A training-jobs message is not a valid training job.");
    public static readonly ErrorRule NoDataset = new("no-dataset", Runs, "A retrain message names no dataset, and none is prepared.");
    public static readonly ErrorRule RetrainAuxiliaryCount = new("retrain-auxiliary-count", Runs, "The retrain message has too many auxiliary datasets.", ErrorKind.WrongUsage);
    public static readonly ErrorRule RetrainAuxiliaryRepeated = new("retrain-auxiliary-repeated", Runs, "The retrain message names an auxiliary dataset twice.", ErrorKind.WrongUsage);
    public static readonly ErrorRule RetrainBaseModelName = new("retrain-base-model-name", Runs, "The base model's name in the retrain message is empty, too long or contains control characters.", ErrorKind.WrongUsage);
    public static readonly ErrorRule RetrainDatasetName = new("retrain-dataset-name", Runs, "A dataset in the retrain message is not named as {dataset} or {dataset}/{version}.", ErrorKind.WrongUsage);
    public static readonly ErrorRule RetrainJson = new("retrain-json", Runs, "The retrain message is not a JSON object.");
    public static readonly ErrorRule RetrainRepeatedSetting = new("retrain-repeated-setting", Runs, "The retrain message has a setting twice.");
    public static readonly ErrorRule RetrainRunName = new("retrain-run-name", Runs, "The run's name in the retrain message is invalid.", ErrorKind.WrongUsage);
    public static readonly ErrorRule RetrainSettingType = new("retrain-setting-type", Runs, "A setting of the retrain message has the wrong type.");
    public static readonly ErrorRule RetrainTeacherName = new("retrain-teacher-name", Runs, "The teacher's name in the retrain message is empty, too long or contains control characters.", ErrorKind.WrongUsage);
    public static readonly ErrorRule RetrainUnknownSetting = new("retrain-unknown-setting", Runs, "The retrain message has an unknown setting.");
    public static readonly ErrorRule RunUnknown = new("run-unknown", Runs, "The run does not exist.");
    public static readonly ErrorRule SettingOutOfRange = new("setting-out-of-range", Runs, "A setting of the recipe or of the preparation is out of range.");

    public static readonly ErrorRule BaseModelMissing = new("base-model-missing", Models, "The base model or the teacher does not exist or is incomplete.");
    public static readonly ErrorRule BaseModelUnknown = new("base-model-unknown", Models, "The base model's name is invalid, or there is no storage account to read it from.");
    public static readonly ErrorRule ChampionChanged = new("champion-changed", Models, "The champion changed during the rollback.");
    public static readonly ErrorRule ConfigInvalid = new("config-invalid", Models, "The config.json is not valid JSON for an encoder.");
    public static readonly ErrorRule ConfigMissing = new("config-missing", Models, "The model folder has no config.json.");
    public static readonly ErrorRule ConfigUnsupported = new("config-unsupported", Models, "The config.json describes an encoder that is not supported.");
    public static readonly ErrorRule GitLfsPointer = new("git-lfs-pointer", Models, "A model file is a Git LFS pointer instead of the file itself.");
    public static readonly ErrorRule ModelFileMissing = new("model-file-missing", Models, "The model folder lacks a file.");
    public static readonly ErrorRule ModelFileTooBig = new("model-file-too-big", Models, "A config or tokenizer file has too many bytes.");
    public static readonly ErrorRule ModelFileUnreadable = new("model-file-unreadable", Models, "A model file cannot be read, such as a link to a file that does not exist.");
    public static readonly ErrorRule ModelProblemType = new("model-problem-type", Models, "The model is for regression or multi-label classification, and cannot be evaluated or be a teacher.");
    public static readonly ErrorRule ModelUnknown = new("model-unknown", Models, "The model version does not exist.", ErrorKind.NotFound);
    public static readonly ErrorRule NoChampion = new("no-champion", Models, "No model has been promoted yet.", ErrorKind.NotFound);
    public static readonly ErrorRule NoEarlierChampion = new("no-earlier-champion", Models, "There is no earlier champion to roll back to.", ErrorKind.NotFound);
    public static readonly ErrorRule OutputFolder = new("output-folder", Models, "The output folder contains files other than a model.");
    public static readonly ErrorRule PrecisionNotOffered = new("precision-not-offered", Models, "The model loses too much accuracy in bf16 or int8, or its accuracy in it was not measured.");
    public static readonly ErrorRule SafetensorsInvalid = new("safetensors-invalid", Models, "A safetensors file or its index is invalid.");
    public static readonly ErrorRule TeacherDamaged = new("teacher-damaged", Models, "The teacher's logits are not finite.");
    public static readonly ErrorRule TeacherLabels = new("teacher-labels", Models, "The teacher's labels differ from the dataset's.");
    public static readonly ErrorRule TeacherUnknown = new("teacher-unknown", Models, "The teacher is a base model that cannot classify, its name is invalid, or there is no storage account to read it from.");
    public static readonly ErrorRule TensorMissing = new("tensor-missing", Models, "The weights lack a tensor.");
    public static readonly ErrorRule TensorShape = new("tensor-shape", Models, "A tensor's shape differs from the one in config.json.");
    public static readonly ErrorRule TensorType = new("tensor-type", Models, "A tensor is not F32, F16 or BF16.");
    public static readonly ErrorRule TensorUnknown = new("tensor-unknown", Models, "The weights have a tensor that config.json does not describe.");
    public static readonly ErrorRule TokenizerInvalid = new("tokenizer-invalid", Models, "A tokenizer file is not the JSON of a tokenizer, or two of them contradict each other.");
    public static readonly ErrorRule TokenizerUnsupported = new("tokenizer-unsupported", Models, "The tokenizer has a part or a setting that is not supported.");
    public static readonly ErrorRule VocabularyInvalid = new("vocabulary-invalid", Models, "The vocabulary is not UTF-8, repeats a token or lacks a special token.");
    public static readonly ErrorRule VocabularySize = new("vocabulary-size", Models, "The vocabulary has more tokens than config.json allows.");
    public static readonly ErrorRule WeightsMissing = new("weights-missing", Models, "The model has no safetensors weights, or a shard of them is missing.");
    public static readonly ErrorRule WeightsPickled = new("weights-pickled", Models, "The model only has pickled weights, which could run code.");

    public static readonly ErrorRule IncomingColumns = new("incoming-columns", Scoring, "The incoming table has no header row or no text column.");
    public static readonly ErrorRule IncomingEmpty = new("incoming-empty", Scoring, "The incoming file has no texts.");
    public static readonly ErrorRule IncomingExtension = new("incoming-extension", Scoring, "The file extension is not one of the supported formats of incoming files.");
    public static readonly ErrorRule IncomingJson = new("incoming-json", Scoring, "The incoming JSON array has a syntax error.");
    public static readonly ErrorRule IncomingName = new("incoming-name", Scoring, "The incoming file's name is not a safe path, or is the name of another file's scores.");
    public static readonly ErrorRule IncomingParquet = new("incoming-parquet", Scoring, "The incoming Parquet file is damaged, too big, or has texts that are not plain values.");
    public static readonly ErrorRule IncomingRowSize = new("incoming-row-size", Scoring, "A row of the incoming JSON array is too long.");
    public static readonly ErrorRule IncomingSize = new("incoming-size", Scoring, "The incoming file has too many texts.");
    public static readonly ErrorRule IncomingUtf8 = new("incoming-utf8", Scoring, "The incoming file is not valid UTF-8.");
    public static readonly ErrorRule PlanUnknown = new("plan-unknown", Scoring, "The scoring plan does not exist.");
    public static readonly ErrorRule RequestJson = new("request-json", Scoring, "The body of a score request is not valid JSON.");
    public static readonly ErrorRule RequestShape = new("request-shape", Scoring, "A score request has neither or both of text and reviews.");
    public static readonly ErrorRule RequestSize = new("request-size", Scoring, "The body of a score request is too long.");
    public static readonly ErrorRule ReviewCount = new("review-count", Scoring, "A score request has no texts or too many.");
    public static readonly ErrorRule ReviewText = new("review-text", Scoring, "A text of a score request is empty.");
    public static readonly ErrorRule ShardMessage = new("shard-message", Scoring, "A scoring-shards message is not a valid shard.");
    public static readonly ErrorRule ShardUnknown = new("shard-unknown", Scoring, "The scoring plan has no such shard.");
    public static readonly ErrorRule TokenizeLine = new("tokenize-line", Scoring, "A line to tokenize is not UTF-8 or not a JSON object with a text.");

    public static readonly ErrorRule AzuriteFailed = new("azurite-failed", Hosting, "Azurite stopped before it listened.", ErrorKind.StorageUnreachable);
    public static readonly ErrorRule AzuriteUnavailable = new("azurite-unavailable", Hosting, "Azurite cannot be started because Node.js or the package is missing.", ErrorKind.StorageUnreachable);
    public static readonly ErrorRule BlobEvent = new("blob-event", Hosting, "A blob-events message is not about a new blob in datasets or incoming.");
    public static readonly ErrorRule PortTaken = new("port-taken", Hosting, "Another program uses a port.");
    public static readonly ErrorRule ReplayRun = new("replay-run", Hosting, "The run of the poison message has no record.");
    public static readonly ErrorRule ReplaySubject = new("replay-subject", Hosting, "The poison message is about neither a run nor an upload.");
    public static readonly ErrorRule ReplayUpload = new("replay-upload", Hosting, "The upload of the poison message no longer exists.");
    public static readonly ErrorRule SettingInvalid = new("setting-invalid", Hosting, "A setting of the application is invalid.", ErrorKind.WrongUsage);
    public static readonly ErrorRule StorageSettingMissing = new("storage-setting-missing", Hosting, "The storage account is not set.", ErrorKind.WrongUsage);

    public static IEnumerable<ErrorRule> All => typeof(ErrorRules).GetFields().Select(member => member.GetValue(null)).OfType<ErrorRule>();

    /// <summary>The rule of a stored record, which another version of the pipeline may have written.</summary>
    public static ErrorRule Find(string id) => All.FirstOrDefault(rule => rule.Id == id) ?? new ErrorRule(id, "", "");
}
