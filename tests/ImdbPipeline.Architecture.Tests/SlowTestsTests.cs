using ImdbPipeline.Testing;

namespace ImdbPipeline.Architecture.Tests;

/// <summary>The fast run leaves out the tests marked as slow.</summary>
public sealed class SlowTestsTests
{
    [Fact]
    public async Task A_test_that_is_not_marked_as_slow_cannot_start_Azurite()
    {
        await using var azurite = new AzuriteFixture();

        var error = Assert.Throws<InvalidOperationException>(azurite.NewAccount);

        Assert.Contains("expected [Slow]", error.Message, StringComparison.Ordinal);
    }
}
