using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tests.Foundation;

public sealed class BlobNameTests
{
    [Theory]
    [InlineData("reviews.csv", true)]
    [InlineData("2026/ünïcödé \U0001F600.csv", true)]
    [InlineData("\ufffd.csv", true)]
    [InlineData("..csv", true)]
    [InlineData("a/../b.csv", false)]
    [InlineData("./b.csv", false)]
    [InlineData("a/..", false)]
    [InlineData("a\u0001b.csv", false)]
    [InlineData("a\0b.csv", false)]
    [InlineData("a\u001b[31m.csv", false)]
    [InlineData("a\nb.csv", false)]
    [InlineData("a\u0085b.csv", false)]
    [InlineData("a\ufffeb.csv", false)]
    public void A_name_is_addressable_if_every_service_can_list_and_find_it(string name, bool addressable) => Assert.Equal(addressable, BlobName.IsAddressable(name));

    // Attributes cannot hold half a pair.
    [Fact]
    public void Half_a_surrogate_pair_is_not_addressable() => Assert.False(BlobName.IsAddressable("a\ud800b.csv"));
}
