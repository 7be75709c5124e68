namespace IMDD.Synthetics.Rendering;

/// <summary>Turns relief, reflectance and gloss into linear light at the sensor: Lambert and Blinn-Phong with a near lamp.</summary>
internal static class Shader
{
    /// <summary>Replaces the canvas's reflectance planes by light.</summary>
    public static void Shade(Canvas canvas, Illumination light, float pixelsPerUnit)
    {
        int width = canvas.Width, height = canvas.Height;
        var relief = canvas.Relief;
        var (red, green, blue, gloss) = (canvas.R, canvas.G, canvas.B, canvas.Gloss);
        var field = new float[width];
        for (var y = 0; y < height; y++)
        {
            var ny = (y + 0.5f) / height;
            FillField(light, field, ny);
            var row = y * width;
            var above = Math.Max(y - 1, 0) * width;
            var below = Math.Min(y + 1, height - 1) * width;
            var ly = light.DirectionY - light.Spread * (ny - 0.5f) * 2f;
            for (var x = 0; x < width; x++)
            {
                var left = x == 0 ? 0 : x - 1;
                var right = x == width - 1 ? x : x + 1;
                var slopeX = (relief[row + right] - relief[row + left]) * 0.5f * pixelsPerUnit;
                var slopeY = (relief[below + x] - relief[above + x]) * 0.5f * pixelsPerUnit;
                var lx = light.DirectionX - light.Spread * ((x + 0.5f) / width - 0.5f) * 2f;
                var normal = 1f / MathF.Sqrt(1f + slopeX * slopeX + slopeY * slopeY);
                var toLamp = 1f / MathF.Sqrt(1f + lx * lx + ly * ly);
                var lambert = Math.Max(0f, (1f - slopeX * lx - slopeY * ly) * normal * toLamp);

                // The half vector lies between the lamp and the camera straight above.
                float hx = lx * toLamp, hy = ly * toLamp, hz = toLamp + 1f;
                var half = (hz - slopeX * hx - slopeY * hy) * normal / MathF.Sqrt(hx * hx + hy * hy + hz * hz);
                var highlight = Math.Max(0f, half);
                for (var i = 0; i < light.SpecularDoublings; i++)
                {
                    highlight *= highlight;
                }

                highlight *= gloss[row + x];
                var diffuse = light.Ambient + (1f - light.Ambient) * lambert * 1.15f;
                var power = field[x];
                red[row + x] = (red[row + x] * diffuse + highlight * light.SpecularTint.R) * light.Colour.R * power;
                green[row + x] = (green[row + x] * diffuse + highlight * light.SpecularTint.G) * light.Colour.G * power;
                blue[row + x] = (blue[row + x] * diffuse + highlight * light.SpecularTint.B) * light.Colour.B * power;
            }
        }
    }

    private static void FillField(Illumination light, float[] field, float ny)
    {
        var cy = ny - 0.5f;
        for (var x = 0; x < field.Length; x++)
        {
            var nx = (x + 0.5f) / field.Length;
            var cx = nx - 0.5f;
            var power = light.Exposure
                * (1f - light.Vignette * (cx * cx + cy * cy) * 2f)
                * (1f + light.GradientX * cx + light.GradientY * cy);
            foreach (var spot in light.Spots)
            {
                var dx = nx - spot.X;
                var dy = ny - spot.Y;
                power *= 1f + spot.Strength * Curves.Bell((dx * dx + dy * dy) / (spot.Radius * spot.Radius));
            }

            field[x] = power;
        }
    }
}
