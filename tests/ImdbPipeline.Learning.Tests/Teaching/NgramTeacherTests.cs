using ImdbPipeline.Learning.Data;
using ImdbPipeline.Learning.Teaching;

namespace ImdbPipeline.Learning.Tests.Teaching;

public sealed class NgramTeacherTests
{
    [Fact]
    public void The_teacher_scores_each_text_without_having_seen_its_movie()
    {
        // The only word of each text identifies its movie, so a classifier that has not seen the movie can only guess.
        var random = new Random(1);
        int[] labels = [.. Enumerable.Range(0, 200).Select(_ => random.Next(2))];
        var texts = new LabelledTokens([.. Enumerable.Range(0, 200).Select(i => new[] { 2, 10 + i / 2, 3 })], [.. Enumerable.Range(0, 200).Select(i => labels[i / 2])], [.. Enumerable.Range(0, 200).Select(i => $"movie {i / 2}")]);

        Assert.InRange(Accuracy(NgramTeacher.Fit(texts, [], 2, seed: 1, null, CancellationToken.None), texts), 0.3, 0.7);
    }

    [Fact]
    public void The_teacher_labels_texts_by_the_words_it_has_seen()
    {
        var texts = new LabelledTokens(
            [.. Enumerable.Range(0, 200).Select(i => new[] { 2, 50 + i % 7, i % 2 == 0 ? 10 : 11, 60 + i % 5, 3 })], [.. Enumerable.Range(0, 200).Select(i => i % 2)], new string?[200]);

        var taught = NgramTeacher.Fit(texts, [[2, 11, 3], [2, 10, 3]], 2, seed: 1, null, CancellationToken.None);

        Assert.Equal(1, Accuracy(taught, texts));
        Assert.Equal("soft labels for 200 labelled and 2 unlabelled texts from n-gram models that were not trained on them; accuracy on the training texts 1.0000", Assert.Single(taught.Notes));
        Assert.True(taught.Unlabelled[0][1] > 0.8f && taught.Unlabelled[1][0] > 0.8f);
        Assert.All(taught.Unlabelled, row => Assert.Equal(1, row.Sum(), 1e-5f));
    }

    [Fact]
    public void More_than_two_labels_get_a_distribution_each()
    {
        var texts = new LabelledTokens([.. Enumerable.Range(0, 300).Select(i => new[] { 2, 10 + i % 3, 60 + i % 5, 3 })], [.. Enumerable.Range(0, 300).Select(i => i % 3)], new string?[300]);

        var taught = NgramTeacher.Fit(texts, [[2, 12, 3]], 3, seed: 1, null, CancellationToken.None);

        Assert.Equal(1, Accuracy(taught, texts));
        Assert.Equal(2, Array.IndexOf(taught.Unlabelled[0], taught.Unlabelled[0].Max()));
        Assert.All(taught.Labelled.Concat(taught.Unlabelled), row => Assert.Equal(1, row.Sum(), 1e-5f));
    }

    private static double Accuracy(SoftLabels taught, LabelledTokens texts) =>
        taught.Labelled.Where((row, i) => Array.IndexOf(row, row.Max()) == texts.Labels[i]).Count() / (double)texts.Labels.Count;
}
