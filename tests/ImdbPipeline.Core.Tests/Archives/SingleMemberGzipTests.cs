using ImdbPipeline.Core.Archives;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tests.Archives;

/// <summary>Compares the fast reader with the exact one: the same bytes or the same rejection.</summary>
public sealed class SingleMemberGzipTests
{
    private static readonly ArchiveFile Archive = new("", "films.csv.gz", ArchiveKind.TableGz);

    public static TheoryData<int> Sizes => [1, 500, 70_000, 1_000_000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_single_member_gives_the_same_result_as_the_exact_reader(int size) => AssertSame(Pack.Gzip(Content(size)), size);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Further_members_are_read_even_if_identical(int size)
    {
        var member = Pack.Gzip(Content(size));

        AssertSame([.. member, .. member], 2 * size);
        AssertSame([.. member, .. member, .. Pack.Gzip([1, 2, 3])], 2 * size + 3);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Bytes_between_the_data_and_a_valid_trailer_are_rejected(int size)
    {
        var member = Pack.Gzip(Content(size));

        for (var more = 1; more < 2000; more *= 3)
            AssertSame([.. member, .. new byte[more], .. member[^8..]], "gzip-trailing-garbage");
    }

    [Fact]
    public void A_file_truncated_anywhere_is_rejected_like_the_exact_reader_does()
    {
        var member = Pack.Gzip(Content(3000));

        for (var length = 0; length < member.Length; length++)
            AssertSame(member[..length], null);
    }

    [Fact]
    public void Headers_with_a_file_name_are_read_and_others_go_to_the_exact_reader()
    {
        var member = Pack.Gzip(Content(3000));

        AssertSame([.. member[..3], 8, .. member[4..10], .. "films.csv\0"u8, .. member[10..]], 3000);
        AssertSame([.. member[..3], 16, .. member[4..10], .. "by hand\0"u8, .. member[10..]], 3000);
        AssertSame([.. member[..3], 8, .. member[4..10], .. "no end of the name"u8], "gzip-truncated");
    }

    private static byte[] Content(int size)
    {
        var random = new Random(size);
        return [.. Enumerable.Range(0, size).Select(_ => (byte)random.Next('a', 'k'))];
    }

    private static void AssertSame(byte[] packed, int size)
    {
        var (bytes, rule) = Read(new SingleMemberGzip(new MemoryStream(packed), Archive));
        Assert.Null(rule);
        Assert.Equal(size, bytes.Length);
        AssertSame(packed, null);
    }

    /// <param name="rule">Null to accept any result of the exact reader.</param>
    private static void AssertSame(byte[] packed, string? rule)
    {
        var exact = Read(new GzipReader(new MemoryStream(packed), Archive));
        var fast = Read(new SingleMemberGzip(new MemoryStream(packed), Archive));
        Assert.Equal(exact.Rule, fast.Rule);
        if (rule is not null)
            Assert.Equal(rule, fast.Rule);
        // The bytes returned before a rejection differ, as the readers decompress different amounts at a time.
        if (exact.Rule is null)
            Assert.Equal(exact.Bytes, fast.Bytes);
    }

    private static (byte[] Bytes, string? Rule) Read(ForwardStream stream)
    {
        var bytes = new MemoryStream();
        try
        {
            stream.CopyTo(bytes, 1000);
            Assert.Equal(0, stream.Read(new byte[10]));
            return (bytes.ToArray(), null);
        }
        catch (InputRejectedException e)
        {
            return (bytes.ToArray(), e.Rule);
        }
    }
}
