using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>
/// Replaces a folder with a finished one. If the process is killed midway, the old or the new folder is in place, or only a
/// backup of the old one, which <see cref="Recover"/> restores.
/// </summary>
internal static class FolderReplacement
{
    /// <param name="folder">Replaced if it exists.</param>
    /// <param name="finished">Afterwards holds the replaced folder or does not exist; the caller deletes it.</param>
    public static void Replace(string folder, string finished)
    {
        var backup = BackupOf(folder);
        if (Directory.Exists(folder))
            Directory.Move(folder, backup);
        try
        {
            Directory.Move(finished, folder);
        }
        catch
        {
            if (Directory.Exists(backup))
                Directory.Move(backup, folder);
            throw;
        }
        // Deleted under its temporary name, so that a backup is always complete.
        if (Directory.Exists(backup))
            Directory.Move(backup, finished);
    }

    /// <summary>Completes or undoes a replacement that was interrupted, and deletes its leftovers.</summary>
    public static void Recover(string folder)
    {
        using var temporary = TempPath.CreateNextTo(folder);
        var backup = BackupOf(folder);
        if (!Directory.Exists(backup))
            return;
        Directory.Move(backup, Directory.Exists(folder) ? temporary.Path : folder);
    }

    private static string BackupOf(string folder) => folder + ".imdb-replaced";
}
