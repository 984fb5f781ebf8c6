using TorchSharp;

namespace ImdbPipeline.Learning.Foundation;

/// <summary>The device for tensors: the first GPU if there is one, otherwise the CPU.</summary>
public static class Devices
{
    private static readonly Lazy<torch.Device> best = new(Choose);

    public static torch.Device Best => best.Value;

    private static torch.Device Choose()
    {
        if (!torch.cuda.is_available())
            return torch.CPU;
        // TF32: float32 matrix products on tensor cores with a 10-bit mantissa, several times faster. Hugging Face's Trainer has the same option.
        torch.backends.cuda.matmul.allow_tf32 = true;
        torch.backends.cudnn.allow_tf32 = true;
        return torch.CUDA;
    }
}
