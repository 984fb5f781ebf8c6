namespace ImdbPipeline.Testing;

/// <summary>A temporary folder, deleted on dispose.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("imdb-test-").FullName;

    /// <summary>Path of a file or folder in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file and creates its folder.</summary>
    /// <returns>Path of the file.</returns>
    public string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    /// <inheritdoc cref="Write(string, byte[])"/>
    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Copies a folder of the test project's fixtures into it.</summary>
    /// <returns>Path of the copy.</returns>
    public string CopyOf(string fixture)
    {
        var target = this[fixture];
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture)))
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        return target;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
