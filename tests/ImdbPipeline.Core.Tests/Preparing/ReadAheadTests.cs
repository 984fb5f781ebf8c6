using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Core.Tests.Preparing;

public sealed class ReadAheadTests
{
    [Fact]
    public void All_items_arrive_in_order() => Assert.Equal(Enumerable.Range(0, 10_000), ReadAhead.Of(Enumerable.Range(0, 10_000)));

    [Fact]
    public void An_error_in_the_source_reaches_the_consumer()
    {
        var seen = new List<int>();
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var item in ReadAhead.Of(Failing(100, () => { })))
                seen.Add(item);
        });
        Assert.Equal("after 100", error.Message);
        Assert.Equal(Enumerable.Range(0, seen.Count), seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void The_source_is_disposed_before_an_early_stop_returns(int taken)
    {
        var ended = false;
        Assert.Equal(taken, ReadAhead.Of(Failing(int.MaxValue, () => ended = true)).Take(taken).Count());
        Assert.True(ended);
    }

    [Fact]
    public void An_error_in_the_source_is_ignored_after_an_early_stop() =>
        Assert.Equal([0, 1], ReadAhead.Of(Failing(40, () => { })).Take(2));

    private static IEnumerable<int> Failing(int after, Action end)
    {
        var produced = 0;
        try
        {
            for (; produced < after; produced++)
                yield return produced;
            throw new InvalidDataException($"after {after}");
        }
        finally
        {
            end();
        }
    }
}
