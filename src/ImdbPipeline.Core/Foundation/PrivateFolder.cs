namespace ImdbPipeline.Core.Foundation;

/// <summary>Folders for data that other users of the machine must not read.</summary>
public static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates a folder, readable by its owner only, and the folders above it. Existing folders keep their permissions.</summary>
    /// <returns>The full path.</returns>
    public static string Create(string path)
    {
        var full = Path.GetFullPath(path);
        if (OperatingSystem.IsWindows())
            return Directory.CreateDirectory(full).FullName;
        // The mode would apply to the last folder only.
        if (Path.GetDirectoryName(full) is { } parent && !Directory.Exists(parent))
            Create(parent);
        return Directory.CreateDirectory(full, OwnerOnly).FullName;
    }
}
