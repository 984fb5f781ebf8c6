using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace ImdbPipeline.Core.Archives;

/// <summary>Decompresses deflate data from a stream in chunks.</summary>
/// <remarks>Unlike the framework's streams, it reports where the data ended and keeps the rest of the input, as gzip and zip checks require.</remarks>
internal sealed class DeflateReader(Stream compressed)
{
    private readonly byte[] input = new byte[64 << 10];
    private readonly Inflater inflater = new(noHeader: true);
    private int filled, taken;

    public bool Finished => inflater.IsFinished;

    /// <summary>Prepares for the next deflate data in the same input.</summary>
    public void Restart()
    {
        inflater.Reset();
        if (taken < filled)
        {
            inflater.SetInput(input, taken, filled - taken);
            taken = filled;
        }
    }

    /// <returns>The number of bytes written; 0 at the end of the data or of the input, see <see cref="Finished"/>.</returns>
    /// <exception cref="InvalidDataException">The input is not valid deflate data.</exception>
    public int Inflate(byte[] buffer)
    {
        try
        {
            while (true)
            {
                var produced = inflater.Inflate(buffer, 0, buffer.Length);
                if (inflater.IsFinished)
                    taken = filled - inflater.RemainingInput;
                if (produced > 0 || inflater.IsFinished)
                    return produced;
                if (inflater.IsNeedingDictionary)
                    throw new InvalidDataException("the data requires a preset dictionary");
                if (!inflater.IsNeedingInput)
                    continue;
                if (!Fill())
                    return 0;
                inflater.SetInput(input, 0, filled);
                taken = filled;
            }
        }
        catch (Exception e) when (e is SharpZipBaseException or IndexOutOfRangeException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <returns>The next input byte outside the deflate data; -1 at the end.</returns>
    public int ReadByte() => taken < filled || Fill() ? input[taken++] : -1;

    private bool Fill()
    {
        taken = 0;
        filled = compressed.Read(input, 0, input.Length);
        return filled > 0;
    }
}
