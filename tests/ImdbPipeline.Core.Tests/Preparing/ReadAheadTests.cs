using ImdbPipeline.Core.Preparing;

namespace ImdbPipeline.Core.Tests.Preparing;

public sealed class ReadAheadTests
{
    [Fact]
    public void Every_item_comes_in_order() => Assert.Equal(Enumerable.Range(0, 10_000), ReadAhead.Of(Enumerable.Range(0, 10_000)));

    [Fact]
    public void Source_that_fails_fails_its_reader_with_the_same_error()
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
    public void Source_is_ended_before_a_reader_that_stops_early_goes_on(int taken)
    {
        var ended = false;
        Assert.Equal(taken, ReadAhead.Of(Failing(int.MaxValue, () => ended = true)).Take(taken).Count());
        Assert.True(ended);
    }

    [Fact]
    public void Failure_of_a_source_whose_reader_stopped_early_is_not_the_readers() =>
        Assert.Equal([0, 1], ReadAhead.Of(Failing(40, () => { })).Take(2));

    private static IEnumerable<int> Failing(int after, Action end)
    {
        var given = 0;
        try
        {
            for (; given < after; given++)
                yield return given;
            throw new InvalidDataException($"after {after}");
        }
        finally
        {
            end();
        }
    }
}
