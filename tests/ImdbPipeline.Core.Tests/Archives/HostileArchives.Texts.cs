using System.Text;

namespace ImdbPipeline.Core.Tests.Archives;

internal static partial class HostileArchives
{
    private const string GoodRows = "text,label\nA fine film,pos\nA bad film,neg\n";

    private static IEnumerable<HostileArchive> Texts()
    {
        yield return Text("latin-1", "text-not-utf8", Encoding.Latin1.GetBytes("Cliché."));
        yield return Text("half-a-character", "text-not-utf8", [(byte)'a', 0xC3]);
        yield return Text("surrogate", "text-not-utf8", [0xED, 0xA0, 0x80]);
        yield return Text("utf-16-le", "text-utf16", Encoding.Unicode.GetBytes("A film."));
        yield return Text("utf-16-le-marked", "text-utf16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("A film.")]);
        yield return Text("utf-16-be", "text-utf16", Encoding.BigEndianUnicode.GetBytes("A film."));
        yield return Text("utf-16-be-marked", "text-utf16", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("A film.")]);
        yield return Text("too-big-a-review", "review-too-big", Pack.Utf8(new string('x', 2001)));

        static HostileArchive Text(string name, string rule, byte[] text) =>
            new($"{name}.tar", rule, Pack.TarOf(Pack.TarEntry("neg/1.txt", Pack.Utf8("A bad film.")), Pack.TarEntry("pos/1.txt", text)));
    }

    private static IEnumerable<HostileArchive> Tables()
    {
        yield return new("latin-1.csv", "text-not-utf8", Encoding.Latin1.GetBytes(GoodRows + "Cliché,pos\n"));
        yield return new("latin-1.jsonl", "jsonl-row", Encoding.Latin1.GetBytes("{\"text\":\"Cliché\",\"label\":1}\n"));
        foreach (var (what, encoding) in ((string, Encoding)[])[("le", Encoding.Unicode), ("be", Encoding.BigEndianUnicode)])
        {
            yield return new($"utf-16-{what}.csv", "text-utf16", encoding.GetBytes(GoodRows));
            yield return new($"utf-16-{what}-marked.csv", "text-utf16", [.. encoding.Preamble, .. encoding.GetBytes(GoodRows)]);
            yield return new($"utf-16-{what}.jsonl", "text-utf16", encoding.GetBytes("{\"text\":\"a\",\"label\":1}\n"));
        }
        yield return new("open-quote.csv", "csv-quotes", Pack.Utf8(GoodRows + "\"open,pos\nb,neg\n"));
        yield return new("early-quote.csv", "csv-quotes", Pack.Utf8("text,label\n\"closed\"early,pos\n"));
        yield return new("more-columns.csv", "csv-columns", Pack.Utf8(GoodRows + "a,pos,more\n"));
        yield return new("no-label-column.csv", "table-columns", Pack.Utf8("text,points\na,3\n"));
        yield return new("long-row.csv", "row-too-long", Pack.Utf8("text,label\n" + new string('x', 6000)));
        yield return new("long-row.jsonl", "row-too-long", Pack.Utf8("{\"text\":\"" + new string('x', 6000)));
        yield return new("long-review.csv", "review-too-big", Pack.Utf8($"text,label\n{new string('x', 2001)},pos\n"));
        yield return new("many-rows.csv", "too-many-reviews", Pack.Utf8("text,label\n" + string.Concat(Enumerable.Repeat("a,b\n", 1001))));
        yield return new("many-labels.csv", "labels-too-many", Pack.Utf8("text,label\na,1\nb,2\nc,3\nd,4\n"));
        yield return new("odd-split.csv", "split-unknown", Pack.Utf8("text,label,split\na,pos,somewhere\n"));
        yield return new("id-twice.csv", "row-id-duplicate", Pack.Utf8("id,text,label\n1,a,pos\n1,b,neg\n"));
        yield return new("no-json.jsonl", "jsonl-row", Pack.Utf8("{\"text\":\"a\",\"label\":1}\n{\"text\":\n"));
        yield return new("damaged.parquet", "parquet-invalid", [.. "PAR1"u8, .. new byte[100], .. "PAR1"u8]);
        yield return new("no-text.jsonl", "row-without-text", Pack.Utf8("{\"text\":\"a\",\"label\":1}\n{\"label\":1}\n"));
        yield return new("empty.csv", "archive-empty", Pack.Utf8("text,label\n"));
        yield return new("one-class.csv", "labels-too-few", Pack.Utf8("text,label\na,pos\nb,pos\n"));
        yield return new("unlabelled.csv", "labels-too-few", Pack.Utf8("text,label\na,\nb,\n"));
    }
}
