using System.Globalization;
using System.Security.Cryptography;
using ImdbPipeline.Core.Foundation;
using ImdbPipeline.Core.Tables;

namespace ImdbPipeline.Core.Archives;

/// <summary>Reads an archive once, sequentially, in bounded memory.</summary>
/// <remarks>The archive is only verified, and its layout only known, after the last text; do not use any text before that.</remarks>
/// <param name="options">How to read tables; null for the defaults.</param>
public sealed class ArchiveReader(ArchiveFile archive, ArchiveLimits limits, SourceOptions? options = null)
{
    // Decompressing one header or short text at a time would be slow.
    private const int BufferSize = 64 << 10;
    private const int MaxNamed = 3, MaxWaiting = 100;

    // Tables in formats that are not read: leaving them out would lose texts.
    private static readonly HashSet<string> UnreadTables = new(StringComparer.OrdinalIgnoreCase)
    {
        ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".arrow", ".feather", ".orc", ".avro", ".pkl", ".pickle", ".npy", ".npz", ".h5", ".hdf5", ".sqlite", ".sqlite3",
        ".dta", ".sav", ".rds", ".rdata", ".msgpack", ".zst", ".bz2", ".xz", ".7z", ".rar", ".zip", ".tar", ".tgz", ".gz",
    };

    private readonly SourceOptions options = options ?? SourceOptions.Default;
    private readonly FolderLayout folders = new(archive, limits);
    private readonly TableLayout tables = new(archive, limits, options ?? SourceOptions.Default);
    private readonly List<(string Path, RowError Why)> notTables = [];
    private byte[] buffer = new byte[16 << 10];
    private FileStream? file;
    private MemberChecks? checks;
    private SourceLayout? layout;
    private int ignored, reviews;

    /// <summary>Size of the archive file in bytes; 0 for a folder.</summary>
    public long TotalBytes { get; private set; }

    public long BytesRead { get; private set; }

    /// <summary>Lower-case hex, of the archive's bytes or a folder's names and contents; known after the last text.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>The splits, labels and groups of the texts.</summary>
    /// <exception cref="InvalidOperationException">Not all texts have been read.</exception>
    public SourceLayout Layout => layout ?? throw new InvalidOperationException("The layout is only known after all texts have been read.");

    /// <exception cref="InputRejectedException">The archive is invalid; the rule says why.</exception>
    public IEnumerable<RawText> Read(CancellationToken cancellationToken)
    {
        file = archive.Kind == ArchiveKind.Folder ? null : Open();
        using var owned = archive.Content is null ? file : null;
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var gate = checks = new MemberChecks(archive, limits, archive.Kind == ArchiveKind.Folder ? long.MaxValue / 1000 : TotalBytes);

        foreach (var review in ReadAll(gate, digest))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++reviews > limits.MaxTexts)
                throw archive.Reject(ErrorRules.TooManyReviews, $"at most {limits.MaxTexts} texts", "more", "Split the archive.");
            BytesRead = file is null ? 0 : Math.Min(file.Position, TotalBytes);
            yield return review;
        }

        if (archive.Kind == ArchiveKind.Folder)
            Sha256 = Convert.ToHexStringLower(digest.GetHashAndReset());
        if (folders.Any && tables.Any)
            throw archive.Reject(ErrorRules.LayoutMixed, "tables or folders of .txt files", "both", "Use only one of them.");
        if (!folders.Any && !tables.Any && notTables is [var (path, why), ..])
            throw archive.Reject(why.Rule, why, MemberChecks.Member(path));
        if (!folders.Any && !tables.Any)
            throw archive.Reject(
                ErrorRules.ArchiveEmpty, "texts in label/*.txt files or in a table with the columns text and label", $"none ({ignored} other files)", "Check what was packed.");
        var resolved = folders.Any ? folders.Resolve(ignored) : tables.Resolve(ignored);
        layout = resolved with { Notes = [.. resolved.Notes, .. notTables.Take(MaxNamed).Select(other => $"{UntrustedText.Escape(other.Path)} is left out, because it is not a table of texts")] };
        file = null;
    }

    private FileStream Open()
    {
        var stream = archive.Content ?? new FileStream(archive.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 << 10, FileOptions.SequentialScan);
        TotalBytes = stream.Length;
        if (TotalBytes == 0)
            throw archive.Reject(ErrorRules.ArchiveEmpty, "an archive", "an empty file", "Repack or transfer the archive again.");
        if (TotalBytes > limits.MaxArchiveBytes)
            throw archive.Reject(ErrorRules.ArchiveTooBig, $"at most {limits.MaxArchiveBytes} bytes", $"{TotalBytes}", "Split the archive.");
        stream.Position = 0;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
        stream.Position = 0;
        return stream;
    }

    private IEnumerable<RawText> ReadAll(MemberChecks gate, IncrementalHash digest)
    {
        var packed = archive.Kind is ArchiveKind.TarGz or ArchiveKind.TableGz ? new BufferedStream(new SingleMemberGzip(file!, archive), BufferSize) : (Stream?)file;
        return archive.Kind switch
        {
            ArchiveKind.Table or ArchiveKind.TableGz => ReadTable(
                new MeteredStream(packed!, gate, "table rows"), TableFormat.Find(archive.Kind == ArchiveKind.Table ? archive.Name : archive.Name[..^".gz".Length])!, tables.Begin("", "", "table rows")),
            ArchiveKind.Folder => ReadMembers(Digested(new FolderMembers(gate).Read(), digest)),
            ArchiveKind.Zip => ReadMembers(new ZipMembers(RequireZip(file!), gate, limits).Read()),
            _ => ReadMembers(new TarMembers(RequireTar(new MeteredStream(packed!, gate, null)), gate, limits).Read()),
        };
    }

    private PeekableStream RequireTar(Stream tar)
    {
        var peeked = new PeekableStream(tar);
        var head = peeked.Head;
        // A file shorter than one header counts as a truncated tar, unless its format is known.
        if (IsCompressed(head) || (head.Length >= TarHeader.BlockSize && head[..TarHeader.BlockSize].IndexOfAnyExcept((byte)0) >= 0
            && !new TarHeader(head[..TarHeader.BlockSize]).IsChecksumValid))
            throw archive.Reject(ErrorRules.ExtensionMismatch, "a tar, as the extension says", "another format", "Correct the file extension, or repack the archive.");
        return peeked;
    }

    private static bool IsCompressed(ReadOnlySpan<byte> head) => head is [0x1F, 0x8B, ..] or [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..];

    private FileStream RequireZip(FileStream zip)
    {
        Span<byte> magic = stackalloc byte[4];
        if (zip.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4 || !(magic.SequenceEqual("PK\x3\x4"u8) || magic.SequenceEqual("PK\x5\x6"u8)))
            throw archive.Reject(ErrorRules.ExtensionMismatch, "a zip, as the extension says", "another format", "Correct the file extension, or repack the archive.");
        return zip;
    }

    private IEnumerable<RawText> ReadMembers(IEnumerable<ArchiveMember> members)
    {
        foreach (var member in members)
        {
            var slash = member.Name.LastIndexOf('/');
            var (folder, name) = (slash < 0 ? "" : member.Name[..slash], member.Name[(slash + 1)..]);
            if (name.StartsWith('.') || member.Name.StartsWith("__MACOSX/", StringComparison.Ordinal))
                ignored++;
            else if (TableFormat.Find(name) is { HasLabels: true } format)
                foreach (var review in ReadTable(member.Content, format, tables.Begin(member.Name, member.Name + ":", MemberChecks.Member(member.Name))))
                    yield return review;
            else if (MovieList.LabelOf(name) is { } label)
            {
                folders.AddMovies(folder, label, MovieList.Read(member, archive, limits));
                ignored++;
            }
            else if (folder.Length > 0 && name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
                yield return ReadText(member, folder, name);
            else if (UnreadTables.Contains(Path.GetExtension(name)))
                throw archive.Reject(
                    ErrorRules.TableUnread, $"tables ending in {string.Join(", ", TableFormat.All.Where(other => other.HasLabels).Select(other => other.Extension))}", "another format",
                    "Save the table in one of these formats, or leave it out of the archive.", MemberChecks.Member(member.Name));
            else
                ignored++;
        }
    }

    private RawText ReadText(ArchiveMember member, string folder, string name)
    {
        var length = 0;
        for (int read; (read = member.Content.Read(buffer, length, buffer.Length - length)) > 0;)
        {
            length += read;
            if (length > limits.MaxTextBytes)
                throw archive.Reject(ErrorRules.ReviewTooBig, $"texts of at most {limits.MaxTextBytes} bytes", "more", "Check that the file holds a single text.", MemberChecks.Member(member.Name));
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
        }
        var text = StrictUtf8.Decode(buffer.AsSpan(0, length), archive, MemberChecks.Member(member.Name));
        var (number, rating) = NumberAndRating(name);
        return new RawText(member.Name, text, folders.Add(folder, number), rating, number, null);
    }

    private IEnumerable<RawText> ReadTable(Stream content, TableFormat format, SourceTable table)
    {
        var peeked = new PeekableStream(content);
        if (format.IsText && (StrictEncoding.LooksBinary(peeked.Head) || IsCompressed(peeked.Head)))
            throw archive.Reject(ErrorRules.ExtensionMismatch, "text, as the extension says", "binary data", "Correct the file extension.", table.Member);
        // Archives often hold other JSON, such as a description of the dataset: until a text is found, its rows wait here.
        var waiting = table.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? new List<(TableRow Row, RowError Error)>() : null;
        var decoded = 0L;
        foreach (var row in format.Read(peeked, new TableOptions(limits.MaxRowLength, options.Columns)))
        {
            var error = row.Error ?? row.Columns.Missing(TableColumn.Text) ?? row.Columns.Repeated;
            if (waiting is not null && error is not null && (waiting.Count < MaxWaiting || error.IncomingRule is not null))
            {
                waiting.Add((row, error));
                continue;
            }
            foreach (var (damaged, _) in waiting ?? [])
                tables.Add(table, damaged);
            waiting = null;
            if (error is not null && (row.Number == 0 || error.IncomingRule is not null))
                throw archive.Reject(error.Rule, error, table.Member);
            if (row.Number == 0 && row.Columns.Unknown is { } unknown)
                throw archive.Reject(unknown.Rule, unknown, table.Member);
            if (row.Number == 0)
                table.Take(row.Columns);
            else if (tables.Add(table, row) is { } text)
            {
                // The bytes of other formats were counted while they were read.
                if (!format.IsText)
                    checks!.Count(text.Text.Length, table.Member, decoded += text.Text.Length);
                yield return text;
            }
        }
        if (waiting is [var (_, why), ..])
        {
            notTables.Add((table.Path, why));
            ignored++;
        }
        if (waiting is not null)
            tables.LeaveOut(table);
    }

    private static IEnumerable<ArchiveMember> Digested(IEnumerable<ArchiveMember> members, IncrementalHash digest)
    {
        foreach (var member in members)
        {
            digest.AppendData(StrictEncoding.Utf8.GetBytes(member.Name + '\0'));
            var content = new DigestedStream(member.Content, digest);
            yield return member with { Content = content };
            content.CopyTo(Stream.Null);
            digest.AppendData(BitConverter.GetBytes(content.Bytes));
        }
    }

    /// <summary>Parses <c>{number}_{rating}.txt</c>.</summary>
    private static (int? Number, int? Rating) NumberAndRating(ReadOnlySpan<char> name)
    {
        const string Extension = ".txt";
        const int MaxDigits = 9, MaxRatingDigits = 4;
        var underscore = name.IndexOf('_');
        if (underscore is < 1 or > MaxDigits || !name.EndsWith(Extension, StringComparison.Ordinal))
            return (null, null);
        var rest = name[(underscore + 1)..^Extension.Length];
        return rest.Length <= MaxRatingDigits && int.TryParse(name[..underscore], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var stars)
            ? (number, stars is >= 1 and <= 10 ? stars : null)
            : (null, null);
    }

    private sealed class DigestedStream(Stream inner, IncrementalHash digest) : ForwardStream
    {
        public long Bytes { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            digest.AppendData(buffer[..read]);
            Bytes += read;
            return read;
        }
    }
}
