using TorchSharp;

namespace ImdbPipeline.Learning.Encoders;

/// <summary>Where tensors live: the first GPU where there is one, else the processor.</summary>
public static class Devices
{
    public static torch.Device Best => torch.cuda.is_available() ? torch.CUDA : torch.CPU;
}
