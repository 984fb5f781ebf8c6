using ImdbPipeline.Cli.Foundation;
using ImdbPipeline.Cli.Screens;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Cli.Outputs;

/// <summary>A file that a command writes: checked before the work begins, and replaced as a whole at the end.</summary>
public sealed class OutputFile : IDisposable
{
    /// <summary>Left free on the disk.</summary>
    private const long Reserve = 1 << 20;

    private readonly TempPath temporary;

    private OutputFile(string path, TempPath temporary, StreamWriter writer) => (Path, this.temporary, Writer) = (path, temporary, writer);

    public string Path { get; }

    /// <summary>For the content, in UTF-8.</summary>
    public StreamWriter Writer { get; }

    /// <param name="path">The option's value.</param>
    /// <param name="input">A file that the command reads; null for none.</param>
    /// <param name="bytes">About how much will be written.</param>
    /// <param name="isReplaceable">Whether a file that exists was written by this program.</param>
    /// <param name="kind">What such a file is called.</param>
    /// <exception cref="CommandFailedException">The file cannot be written, or something would be lost.</exception>
    public static OutputFile Open(string path, string? input, long bytes, Func<string, bool> isReplaceable, string kind)
    {
        ArgumentNullException.ThrowIfNull(isReplaceable);
        if (Directory.Exists(path))
            throw Rejected(path, "a file", "a folder", "Add a file name");
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw Rejected(path, "a file in an existing folder", $"no folder {folder}", "Create it, or correct the path");
        if (input is not null && Target(path) == Target(input))
            throw Rejected(path, "another file than the input", "the input itself", "Choose another name");
        if (File.Exists(path) && new FileInfo(path).Length > 0 && !isReplaceable(path))
            throw Rejected(path, $"a new file, or {kind}, which is replaced", "another file", "Choose another name, or delete the file");
        RequireSpace(path, bytes, new DriveInfo(folder).AvailableFreeSpace);
        return Create(path);
    }

    /// <exception cref="CommandFailedException">There is not enough space.</exception>
    internal static void RequireSpace(string path, long bytes, long available)
    {
        if (available < bytes + Reserve)
            throw Rejected(path, $"about {Quantity.Bytes(bytes + Reserve)} of free disk space", Quantity.Bytes(available), "Free some space, or choose another disk");
    }

    /// <summary>Makes the content visible under its name.</summary>
    public void Commit()
    {
        Writer.Dispose();
        // A link keeps pointing to the file that is replaced.
        File.Move(temporary.Path, Target(Path), overwrite: true);
    }

    public void Dispose()
    {
        Writer.Dispose();
        temporary.Dispose();
    }

    private static OutputFile Create(string path)
    {
        TempPath? temporary = null;
        try
        {
            temporary = TempPath.CreateNextTo(Target(path));
            return new OutputFile(path, temporary, File.CreateText(temporary.Path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            temporary?.Dispose();
            throw Rejected(path, "a writable file", e.Message.TrimEnd('.'), "Correct the permissions, or choose another folder", e);
        }
    }

    /// <summary>The file itself, if the path is a link to one.</summary>
    private static string Target(string path) => (File.Exists(path) ? new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName : null) ?? System.IO.Path.GetFullPath(path);

    private static CommandFailedException Rejected(string path, string expected, string found, string remedy, Exception? inner = null) =>
        new(ExitCode.WrongUsage, $"--output {path}: expected {expected}, found {found}. {remedy}.", inner);
}
