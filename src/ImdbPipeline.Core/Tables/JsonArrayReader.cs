using System.Text.Json;
using System.Text.Unicode;
using ImdbPipeline.Core.Foundation;

namespace ImdbPipeline.Core.Tables;

/// <summary>Reads the values of a top-level JSON array one at a time.</summary>
internal sealed class JsonArrayReader(Stream stream, int maxLength)
{
    private byte[] buffer = new byte[64 << 10];
    private int start, end;
    private bool ended, opened, isUtf8 = true;
    private JsonReaderState state;

    /// <param name="value">Null at the end of the array and after an error.</param>
    /// <returns>Why the array cannot be read any further; null if it can.</returns>
    public RowError? Next(out JsonDocument? value)
    {
        value = null;
        try
        {
            while (!TryRead(out value, out var isDone))
            {
                if (isDone)
                    return null;
                if (end - start > maxLength)
                    return new RowError(
                        ErrorRules.RowTooLong, ErrorRules.IncomingRowSize, $"rows of at most {maxLength} bytes", "a longer one", "Check for a missing bracket or quote.");
                Fill();
            }
            return isUtf8 ? null : new RowError(ErrorRules.JsonlRow, ErrorRules.IncomingUtf8, "UTF-8 text", "invalid bytes", "Save the text as UTF-8.");
        }
        catch (JsonException e)
        {
            return new RowError(ErrorRules.JsonlRow, ErrorRules.IncomingJson, "a JSON array of objects", "a syntax error", "Correct the JSON.", Inner: e);
        }
    }

    /// <returns>False at the end of the array, or if more bytes are needed.</returns>
    private bool TryRead(out JsonDocument? value, out bool isDone)
    {
        (value, isDone) = (null, false);
        var reader = new Utf8JsonReader(buffer.AsSpan(start, end - start), ended, state);
        if (!opened)
        {
            if (!reader.Read())
                return false;
            opened = true;
            Keep(reader);
            return TryRead(out value, out isDone);
        }
        // Kept only once the whole value is there.
        var ahead = reader;
        if (!ahead.Read())
            return false;
        if (ahead.TokenType == JsonTokenType.EndArray)
        {
            // Only blanks may follow.
            if (!ahead.Read() && !ended)
                return false;
            isDone = true;
            return false;
        }
        if (!JsonDocument.TryParseValue(ref ahead, out value))
            return false;
        isUtf8 = Utf8.IsValid(buffer.AsSpan(start, (int)ahead.BytesConsumed));
        Keep(ahead);
        return true;
    }

    private void Keep(Utf8JsonReader reader)
    {
        start += (int)reader.BytesConsumed;
        state = reader.CurrentState;
    }

    private void Fill()
    {
        if (ended)
            throw new JsonException("The array is not closed.");
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        // Each attempt parses the value from its start, so many small reads would be slow.
        var read = stream.ReadAtLeast(buffer.AsSpan(end), buffer.Length - end, throwOnEndOfStream: false);
        ended = read == 0;
        end += read;
    }
}
