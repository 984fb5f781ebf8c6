using System.Globalization;

namespace ImdbPipeline.EndToEnd.Tests.Soak;

/// <summary>A clock that can be set for single processes and their children, by Debian's <c>libfaketime</c>; elapsed time is not changed.</summary>
internal sealed class ShiftedClock(string file)
{
    private const string Library = "faketime/libfaketimeMT.so.1";

    private static readonly string? LibraryPath =
        new[] { "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib" }.Select(folder => Path.Combine(folder, Library)).FirstOrDefault(File.Exists);

    public static bool IsAvailable => LibraryPath is not null;

    /// <summary>Environment variables of the processes that follow this clock.</summary>
    public IReadOnlyDictionary<string, string> Settings => LibraryPath is null ? [] : new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = LibraryPath,
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["FAKETIME_DONT_RESET"] = "1",
        ["NO_FAKE_STAT"] = "1",
    };

    /// <summary>Sets the clock within a second.</summary>
    /// <param name="ahead">How far it is ahead of the machine's; negative if it is behind.</param>
    public void Set(TimeSpan ahead)
    {
        // A process that reads at this moment never sees half an offset.
        File.WriteAllText(file + ".new", ahead.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(file + ".new", file, overwrite: true);
    }
}
