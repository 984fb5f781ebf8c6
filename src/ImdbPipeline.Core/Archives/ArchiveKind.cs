namespace ImdbPipeline.Core.Archives;

public enum ArchiveKind
{
    Tar,
    TarGz,
    Zip,
    Table,
    TableGz,

    /// <summary>A local folder.</summary>
    Folder,
}
