namespace ImdbPipeline.Cli.Foundation;

/// <summary>How this program was started; used in commands that screens show for copying.</summary>
public static class CommandPrefix
{
    private const string Project = "ImdbPipeline.Cli.csproj";

    /// <returns><c>imdb</c>, or <c>dotnet run --project …</c> if the program is in its project's output folder.</returns>
    public static string Prefix()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Project)))
                return $"dotnet run --project {Path.GetRelativePath(Environment.CurrentDirectory, folder.FullName)} --";
        return "imdb";
    }
}
