using ImdbPipeline.Core.Archives;

namespace ImdbPipeline.Core.Tests.Archives;

public sealed class LabelSpellingsTests
{
    [Theory]
    [InlineData("negative,positive,Negative,POSITIVE", "negative,positive")]
    [InlineData("so so,So  So,bad", "bad,so so")]
    [InlineData("0.0,1,0,1.0", "0.0,1")]
    [InlineData("1e0,01,1,2", "1e0,2")]
    [InlineData("-0,0,1", "-0,1")]
    [InlineData("true,True,false,FALSE", "false,true")]
    [InlineData("10,9,1", "1,9,10")]
    [InlineData("1.5,-2,10", "-2,1.5,10")]
    [InlineData("5 stars,10 stars", "10 stars,5 stars")]
    [InlineData("caf\u00e9,cafe\u0301,bar", "bar,caf\u00e9")]
    [InlineData("cafe\u0301,caf\u00e9,bar", "bar,caf\u00e9")]
    [InlineData("\u1ec7,e\u0323\u0302,bar", "bar,\u1ec7")]
    [InlineData("\ud55c,\u1112\u1161\u11ab,bar", "bar,\ud55c")]
    [InlineData("\ufeffpos,p\u200bos,pos\u2060,neg", "neg,pos")]
    [InlineData("می\u200cخواهم,میخواهم", "میخواهم,می\u200cخواهم")]
    public void Spellings_of_the_same_label_are_one_and_numbers_are_sorted_by_value(string spellings, string labels) =>
        Assert.Equal(labels.Split(','), Resolve(spellings).Names);

    [Theory]
    [InlineData("yes,no")]
    [InlineData("1,1.5")]
    [InlineData("a b,ab")]
    [InlineData("12345678901234567,12345678901234568")]
    public void Different_labels_stay_apart(string spellings)
    {
        var labels = Resolve(spellings);
        Assert.Equal(2, labels.Names.Count);
        Assert.Empty(labels.Notes);
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("None")]
    [InlineData("null")]
    [InlineData("N/A")]
    [InlineData("<NA>")]
    public void Words_for_a_missing_value_are_no_label_and_the_report_says_so(string word)
    {
        var labels = Resolve($"0,1,{word},{word}");
        Assert.Equal(["0", "1"], labels.Names);
        Assert.Null(labels.IndexOf(word));
        Assert.Equal([$"texts labelled '{word}' (2) are treated as unlabelled; if it is a real label, rename it"], labels.Notes);
    }

    [Fact]
    public void A_folder_named_none_is_a_label() => Assert.Equal(["none", "some"], Resolve("none,some", isTable: false).Names);

    [Theory]
    [InlineData("0,1,-1", "0,1")]
    [InlineData("-1,2,0,1,-1.0", "0,1,2")]
    [InlineData("1,0.0,-1", "0.0,1")]
    public void Minus_one_next_to_labels_counted_from_zero_means_unlabelled(string spellings, string labels)
    {
        var resolved = Resolve(spellings);
        Assert.Equal(labels.Split(','), resolved.Names);
        Assert.Contains("are treated as unlabelled", resolved.Notes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1,1", "-1,1")]
    [InlineData("-1,0,1,3", "-1,0,1,3")]
    [InlineData("-1,0", "-1,0")]
    [InlineData("-2,-1,0,1", "-2,-1,0,1")]
    [InlineData("-1,0,1,x", "-1,0,1,x")]
    public void Minus_one_is_a_label_where_the_others_are_not_counted_from_zero(string spellings, string labels) =>
        Assert.Equal(labels.Split(','), Resolve(spellings).Names);

    [Fact]
    public void Every_merged_spelling_is_named_with_its_number_of_texts() => Assert.Equal(
        ["the label 'pos' is also spelled 'Pos' (2) and 'POS' (1): treated as one label"], Resolve("pos,Pos,neg,Pos,POS").Notes);

    private static LabelSpellings Resolve(string spellings, bool isTable = true)
    {
        var labels = new LabelSpellings(isTable);
        foreach (var spelling in spellings.Split(','))
            labels.Add(spelling);
        labels.Resolve();
        return labels;
    }
}
