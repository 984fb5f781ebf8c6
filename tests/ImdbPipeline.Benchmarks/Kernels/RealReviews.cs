using System.Text;
using ImdbPipeline.Benchmarks.Pipeline;

namespace ImdbPipeline.Benchmarks.Kernels;

internal static class RealReviews
{
    /// <summary>The archive's first reviews, markup and all.</summary>
    public static string[] Take(int count) =>
        [.. RealArchive.Files().Where(file => RealArchive.IsReview(file.Name)).Take(count).Select(file => Encoding.UTF8.GetString(file.Content))];
}
