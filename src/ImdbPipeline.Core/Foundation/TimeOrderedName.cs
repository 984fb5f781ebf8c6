using System.Security.Cryptography;
using System.Text;

namespace ImdbPipeline.Core.Foundation;

/// <summary>Names that sort by time: <c>yyyyMMdd-HHmmss-</c> and a hash that tells them apart.</summary>
internal static class TimeOrderedName
{
    /// <param name="id">The same id and time always give the same name.</param>
    public static string Of(DateTimeOffset at, string id) =>
        $"{at.UtcDateTime:yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..8]}";
}
