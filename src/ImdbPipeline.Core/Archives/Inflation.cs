using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace ImdbPipeline.Core.Archives;

/// <summary>
/// Deflate data taken from a stream piece by piece. Unlike the framework's streams it knows where the data ended and
/// what of the input is left, which is what the checks of gzip and zip need.
/// </summary>
internal sealed class Inflation(Stream compressed)
{
    private readonly byte[] input = new byte[64 << 10];
    private readonly Inflater inflater = new(noHeader: true);
    private int filled, taken;

    public bool Finished => inflater.IsFinished;

    /// <summary>Prepares for the next deflate data of the same input.</summary>
    public void Restart()
    {
        inflater.Reset();
        if (taken < filled)
        {
            inflater.SetInput(input, taken, filled - taken);
            taken = filled;
        }
    }

    /// <summary>Fills as much of the buffer as it can; 0 where the data or the input has ended, see <see cref="Finished"/>.</summary>
    /// <exception cref="InvalidDataException">The input is no deflate data.</exception>
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
                    throw new InvalidDataException("the data need a preset dictionary");
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

    /// <returns>The next byte of the input outside of deflate data, -1 at its end.</returns>
    public int ReadByte() => taken < filled || Fill() ? input[taken++] : -1;

    private bool Fill()
    {
        taken = 0;
        filled = compressed.Read(input, 0, input.Length);
        return filled > 0;
    }
}
