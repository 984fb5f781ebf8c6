namespace ImdbPipeline.Core.Archives;

public enum ArchiveKind
{
    Tar,
    TarGz,
    Zip,
    Csv,
    CsvGz,
    Jsonl,
    JsonlGz,

    /// <summary>A local folder.</summary>
    Folder,
}
