using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.Checkpoints;

/// <summary>
/// Puts a finished folder in another's place. A process killed in between leaves the old one or the new one there, or
/// nothing and the old one set aside, which <see cref="Recover"/> puts back.
/// </summary>
internal static class FolderReplacement
{
    /// <param name="folder">Replaced if it is there.</param>
    /// <param name="finished">Afterwards holds what was replaced, or is gone; the caller's to delete.</param>
    public static void Replace(string folder, string finished)
    {
        var aside = Aside(folder);
        if (Directory.Exists(folder))
            Directory.Move(folder, aside);
        try
        {
            Directory.Move(finished, folder);
        }
        catch
        {
            if (Directory.Exists(aside))
                Directory.Move(aside, folder);
            throw;
        }
        // Deleted under the other name: what is set aside is always whole.
        if (Directory.Exists(aside))
            Directory.Move(aside, finished);
    }

    /// <summary>Finishes or undoes a replacement whose process was killed, and deletes what it left.</summary>
    public static void Recover(string folder)
    {
        using var spare = Scratch.Beside(folder);
        var aside = Aside(folder);
        if (!Directory.Exists(aside))
            return;
        Directory.Move(aside, Directory.Exists(folder) ? spare.Path : folder);
    }

    private static string Aside(string folder) => folder + ".imdb-replaced";
}
