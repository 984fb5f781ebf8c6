using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Learning.ModelFolders;

/// <summary>What a clone contains instead of a large file until Git LFS fetches it.</summary>
internal static class GitLfsPointer
{
    private static ReadOnlySpan<byte> Start => "version https://git-lfs"u8;

    /// <summary>How many bytes are needed to recognize a pointer.</summary>
    public static int StartLength => Start.Length;

    /// <param name="beginning">The first bytes of a file, too few to be sure.</param>
    public static bool CanBeginWith(ReadOnlySpan<byte> beginning) => Start.StartsWith(beginning);

    public static bool IsStartOf(ReadOnlySpan<byte> content) => content.StartsWith(Start);

    public static InputRejectedException Rejected(string file) =>
        new(ErrorRules.GitLfsPointer, file, "the file itself", "a Git LFS pointer to it", "Run `git lfs pull` in the model's repository.");
}
