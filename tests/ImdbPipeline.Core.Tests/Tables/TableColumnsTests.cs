using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Tests.Tables;

public sealed class TableColumnsTests
{
    [Theory]
    [InlineData("PhraseId,Phrase", "PhraseId")]
    [InlineData("tweet_id,tweet", "tweet_id")]
    [InlineData("idx,sentence", "idx")]
    [InlineData("index,text", "index")]
    [InlineData("guid,text", "guid")]
    [InlineData("_id,text", "_id")]
    [InlineData("Unnamed: 0,text", "Unnamed: 0")]
    [InlineData(",text", "")]
    [InlineData("ticketid,text,user_id", "ticketid")]
    [InlineData("id,tweet_id,text", "id")]
    [InlineData("review-id,text", "review-id")]
    public void The_only_column_that_looks_like_an_id_is_the_id(string header, string id) => Assert.Equal(id, Taken(header)[TableColumn.Id]);

    [Theory]
    [InlineData("text,label,paid")]
    [InlineData("text,label,user_id")]
    [InlineData("text,label,product_id,author_id")]
    [InlineData("text,label,tweet_id,reply_id")]
    [InlineData("text,label,valid,Android")]
    public void A_column_that_is_no_id_of_a_text_is_not_taken_as_one(string header) => Assert.False(Taken(header).ContainsKey(TableColumn.Id));

    [Theory]
    [InlineData("review_body,star_rating", "review_body", "star_rating")]
    [InlineData("Text,Score", "Text", "Score")]
    [InlineData("message,labels", "message", "labels")]
    [InlineData("tweet,class,rating", "tweet", "class")]
    [InlineData("Review Text,Category", "Review Text", "Category")]
    [InlineData("content,sentiment,text", "text", "sentiment")]
    public void Text_and_label_are_recognized_by_their_usual_names(string header, string text, string label)
    {
        var taken = Taken(header);
        Assert.Equal((text, label), (taken[TableColumn.Text], taken[TableColumn.Label]));
    }

    [Fact]
    public void A_score_is_a_rating_next_to_a_label()
    {
        var taken = Taken("text,label,Score");
        Assert.Equal(("label", "Score"), (taken[TableColumn.Label], taken[TableColumn.Rating]));
    }

    private static Dictionary<TableColumn, string> Taken(string header) => new TableColumns(header.Split(','), ColumnChoice.None).Taken().ToDictionary();
}
