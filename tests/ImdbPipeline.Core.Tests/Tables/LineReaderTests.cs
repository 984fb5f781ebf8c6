using System.Text;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Tests.Tables;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "1:")]
    [InlineData("abc\r\nabc", "1:abc|2:abc")]
    [InlineData("abcd\nab\n\nabcde\r\nabc\r\n", "1:!|2:ab|3:|4:!|5:abc")]
    [InlineData("a\nabcdefgh", "1:a|2:!")]
    public void Lines_over_the_limit_are_skipped_and_the_limit_excludes_line_breaks(string text, string expected)
    {
        foreach (var chunk in (int[])[1, 2, 100])
        {
            var lines = new LineReader(new Chunks(Encoding.UTF8.GetBytes(text), chunk), 3);
            var read = new List<string>();
            while (lines.Read())
                read.Add($"{lines.Number}:{(lines.TooLong is null ? Encoding.UTF8.GetString(lines.Line.Span) : "!")}");

            Assert.Equal(expected, string.Join('|', read));
        }
    }

    [Theory]
    [InlineData("a\rb\r\nc\nd\r", "1:a|2:b|3:c|4:d")]
    [InlineData("\r\r\n\n", "1:|2:|3:")]
    [InlineData("a\r\r\nb", "1:a|2:|3:b")]
    [InlineData("abcd\rab\r\nabcd", "1:!|2:ab|3:!")]
    public void Lines_of_text_may_end_with_carriage_returns(string text, string expected)
    {
        foreach (var chunk in (int[])[1, 2, 100])
        {
            var lines = new LineReader(new Chunks(Encoding.UTF8.GetBytes(text), chunk), 3, breaksAtReturns: true);
            var read = new List<string>();
            while (lines.Read())
                read.Add($"{lines.Number}:{(lines.TooLong is null ? Encoding.UTF8.GetString(lines.Line.Span) : "!")}");

            Assert.Equal(expected, string.Join('|', read));
        }
    }

    private sealed class Chunks(byte[] bytes, int size) : ForwardStream
    {
        private int served;

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(Math.Min(size, buffer.Length), bytes.Length - served);
            bytes.AsSpan(served, count).CopyTo(buffer);
            served += count;
            return count;
        }
    }
}
