using ImdbPipeline.Learning.Evaluating;

namespace ImdbPipeline.Learning.Tests.Evaluating;

public sealed class MeasurementsTests
{
    [Theory]
    [InlineData("0000 1", "0000 0", "never predicted correctly on validation texts: 'b';")]
    [InlineData("0 11 2", "1 11 0", "never predicted correctly on validation texts: 'a', 'c';")]
    [InlineData("012345", "123450", "never predicted correctly on validation texts: 'a', 'b', 'c', 'd', 'e' and 1 more;")]
    public void Labels_that_are_never_predicted_correctly_are_named(string labels, string predicted, string note) =>
        Assert.StartsWith(note, Assert.Single(Notes(labels, predicted)));

    [Theory]
    [InlineData("00001", "01001")]
    [InlineData("0000", "0000")]
    [InlineData("", "")]
    public void Nothing_is_noted_if_every_label_that_occurs_is_found(string labels, string predicted) => Assert.Empty(Notes(labels, predicted));

    [Theory]
    [InlineData("00000000000000000001", "00000000000000000000", "more texts with such labels, or --class-weights balanced, may help")]
    [InlineData("012012012012", "000000000000", "more texts or more epochs may help")]
    public void The_advice_depends_on_whether_the_labels_are_rare(string labels, string predicted, string advice) => Assert.EndsWith(advice, Assert.Single(Notes(labels, predicted)));

    private static IReadOnlyList<string> Notes(string labels, string predicted)
    {
        string[] names = ["a", "b", "c", "d", "e", "f"];
        var predictions = new SplitPredictions([.. Digits(predicted).Select(label => names.Select((_, i) => i == label ? 1f : 0).ToArray())], [.. Digits(labels)], names.Length);
        var measured = new Measurements(names);
        measured.Add("validation", predictions, predictions, predictions);
        return measured.Notes;
    }

    private static IEnumerable<int> Digits(string text) => text.Where(char.IsAsciiDigit).Select(c => c - '0');
}
