// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// What drawing masks costs, on one core, beside a plain copy of the frame and the other ways to draw them. Ours is the
// painter on a mapped frame, as the element calls it, like gst_video_overlay_composition_blend(); the pipelines at the
// end have the element itself. No time is asserted.
#include <array>
#include <cstdio>
#include <cstring>

#include "composite/contour_maker.hpp"
#include "composite/shapes.hpp"
#include "rivals.hpp"
#include "stopwatch.hpp"
#include "support/mask_file.hpp"

using namespace sam2;
using namespace sam2::benchmark;

namespace {

constexpr Size k720 = {1280, 720};
constexpr Size k1080 = {1920, 1080};
constexpr Size k2160 = {3840, 2160};

/// A frame in memory of GStreamer's, opaque where it has alpha.
class Frame {
 public:
  Frame(const std::string& format, Size size) : format_(*composite::find_frame_format(format)) {
    gst_video_info_set_format(&info_, gst_video_format_from_string(format.c_str()), guint(size.width),
                              guint(size.height));
    buffer_ = gst_buffer_new_allocate(nullptr, info_.size, nullptr);
    gst_buffer_memset(buffer_, 0, 255, info_.size);
    gst_video_frame_map(&frame_, &info_, buffer_, GST_MAP_READWRITE);
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame() {
    gst_video_frame_unmap(&frame_);
    gst_buffer_unref(buffer_);
  }

  GstVideoFrame* mapped() { return &frame_; }
  std::uint8_t* data() { return static_cast<std::uint8_t*>(frame_.map[0].data); }
  std::size_t bytes() const { return info_.size; }

  composite::FrameView view() {
    composite::FrameView view{info_.width, info_.height, {}, {}};
    for (std::size_t i = 0; i < format_.plane_count; ++i) {
      view.planes[i] = static_cast<std::uint8_t*>(frame_.data[i]);
      view.strides[i] = info_.stride[i];
    }
    return view;
  }
  composite::Painter painter(const composite::KernelSet& kernels) const {
    composite::ColorEncoding encoding;
    encoding.depth = format_.depth;
    return {format_, encoding, kernels};
  }

 private:
  const composite::FrameFormat& format_;
  GstVideoInfo info_;
  GstBuffer* buffer_;
  GstVideoFrame frame_;
};

Work copy_of(Frame& frame) {
  return [&frame, copy = std::vector<std::uint8_t>(frame.bytes())]() mutable {
    std::memcpy(copy.data(), frame.data(), copy.size());
    // The copy must not be left out because nobody reads it.
    __asm__ volatile("" ::"r"(copy.data()) : "memory");
  };
}

Work fill_of(Frame& frame, const Scene& scene,
             const composite::KernelSet& kernels = *composite::kernel_sets().front()) {
  return [&frame, &scene, painter = frame.painter(kernels)] {
    for (std::size_t i = 0; i < scene.masks.size(); ++i) {
      painter.draw(frame.view(), scene.masks[i], {Scene::color(i), 128});
    }
  };
}

/// Fill, contour and centroid marker, as the element draws them by default.
Work default_of(Frame& frame, const Scene& scene) {
  return [&frame, &scene, painter = frame.painter(*composite::kernel_sets().front()),
          center = runs::region_props(scene.masks[0]).centroid, contours = composite::ContourMaker(),
          shape = runs::RunMask()]() mutable {
    const runs::Size size{scene.size.width, scene.size.height};
    const auto line_width = std::max(1, size.height / 360);
    for (std::size_t i = 0; i < scene.masks.size(); ++i) {
      painter.draw(frame.view(), scene.masks[i], {Scene::color(i), 128});
      contours.make(scene.masks[i], size, line_width, shape);
      painter.draw(frame.view(), shape, {Scene::color(i), 255});
    }
    for (std::size_t i = 0; i < scene.masks.size(); ++i) {
      for (const auto& [radius, color] :
           {std::pair{2 * line_width + 1, composite::Rgb{255, 255, 255}}, std::pair{line_width + 1, Scene::color(i)}}) {
        composite::make_disc(center, radius, size, shape);
        painter.draw(frame.view(), shape, {color, 255});
      }
    }
  };
}

void print_times(std::optional<double> time, double ours) {
  if (time) {
    std::printf("  %8.3f %6.0fx", *time, *time / ours);
  } else {
    std::printf("  %8s %7s", "-", "");
  }
}

void compare(const std::string& format, Size size, int percent, int objects) {
  const Scene scene(size, percent, objects);
  Frame frame(format, size);
  const auto [copy, fill, all] = best_in_turn<3>({copy_of(frame), fill_of(frame, scene), default_of(frame, scene)});
  std::printf("%-10s %5dp %4d %% %4d  %8.3f  %8.3f %7.2f  %8.3f %7.2f", format.c_str(), size.height, percent, objects,
              copy, fill, fill / copy, all, all / fill);
  print_times(time_overlay_composition(scene, frame.mapped()), fill);
  print_times(time_compositor(scene, format), fill);
  print_times(time_add_weighted(scene, frame.mapped()), fill);
  std::printf("\n");
  std::fflush(stdout);
}

void compare_drawing() {
  std::printf(
      "Drawing masks into a frame: milliseconds on one core, best of several. \"x copy\" is against memcpy of the "
      "frame, "
      "\"x fill\" and the\nratios of the others are against our fill. compositor lays one picture over the whole frame "
      "at "
      "half alpha. OpenCV: addWeighted in\nthe mask's box, then copyTo with the mask.\n\n"
      "format       size area  objs      copy      fill  x copy   default  x fill  OverlayComposition       compositor"
      "           OpenCV\n");
  const std::array formats = {"NV12", "I420", "BGRA", "RGB", "P010_10LE"};
  for (const auto* format : formats) compare(format, k1080, 14, 3);
  for (const auto* format : formats) compare(format, k1080, 100, 1);
  for (const auto* format : {"NV12", "BGRA"}) compare(format, k1080, 1, 3);
  for (const auto* format : {"NV12", "BGRA"}) compare(format, k720, 14, 3);
  for (const auto* format : {"NV12", "BGRA"}) compare(format, k2160, 14, 3);
  for (const int objects : {1, 30, 200}) compare("NV12", k1080, 14, objects);
#if !defined(SAM2_HAS_OPENCV)
  std::printf("OpenCV was left out: libopencv-core-dev was not found when this was built.\n");
#endif
}

void compare_kernels() {
  std::printf(
      "\nThe same fill by instruction set, against memcpy of the frame (1080p)\n\nformat      kernels     "
      "14 %%, 3 objects   100 %%\n");
  const Scene objects(k1080, 14, 3);
  const Scene everything(k1080, 100, 1);
  for (const auto& format : composite::frame_formats()) {
    // Newer than the GStreamer that runs.
    if (gst_video_format_from_string(std::string(format.name).c_str()) == GST_VIDEO_FORMAT_UNKNOWN) continue;
    Frame frame(std::string(format.name), k1080);
    for (const auto* const kernels : composite::kernel_sets()) {
      const auto [copy, some, all] =
          best_in_turn<3>({copy_of(frame), fill_of(frame, objects, *kernels), fill_of(frame, everything, *kernels)});
      std::printf("%-11s %-10s %16.2f %7.2f\n", std::string(format.name).c_str(), kernels->name, some / copy,
                  all / copy);
    }
  }
}

/// Masks of a quarter of the size that move: three discs on 14 % of the frame.
void make_masks(const test::TemporaryDirectory& directory, Size size, int frames) {
  const auto width = std::size_t(size.width / 4);
  const auto height = std::size_t(size.height / 4);
  const auto is_inside = [&](std::size_t t, std::size_t n, std::size_t y, std::size_t x) {
    const auto dx = double(x) - double(width) * (double(n) + 0.5) / 3 - double(t);
    const auto dy = double(y) - double(height) / 2;
    return dx * dx + dy * dy < 0.14 / 3 / std::numbers::pi * double(width * height);
  };
  test::write_npz(directory.file("clip.npz"), {test::mask_array(std::size_t(frames), 3, height, width, is_inside)});
}

bool make_clip(const test::TemporaryDirectory& directory, Size size, int frames) {
  const auto made = time_pipeline(
      "videotestsrc num-buffers=" + std::to_string(frames) +
          " pattern=ball ! video/x-raw,format=I420,framerate=30/1,width=" + std::to_string(size.width) +
          ",height=" + std::to_string(size.height) +
          " ! x264enc speed-preset=ultrafast ! h264parse ! mp4mux ! filesink location=" + directory.file("clip.mp4"),
      frames);
  if (!made) return false;
  make_masks(directory, size, frames);
  return true;
}

/// A format that the element unpacks, and the one that videoconvert would be used for without it.
struct Unpacked {
  const char* format;
  const char* native;
};

constexpr Unpacked kUnpacked[] = {
    {"v210", "I422_10LE"},
    {"UYVP", "I422_10LE"},
    {"Y410", "Y444_10LE"},
    {"r210", "GBR_10LE"},
    {"RGB10A2_LE", "ARGB64"},
    {"RGB16", "RGB"},
    {"RGB15", "RGB"},
    {"IYU1", "Y41B"},
    {"GRAY10_LE32", "GRAY16_LE"},
    {"NV12_10LE32", "P010_10LE"},
    {"NV16_10LE32", "I422_10LE"},
    {"NV12_10LE40", "P010_10LE"},
    {"NV12_4L4", "NV12"},
    {"NV12_32L32", "NV12"},
    {"NV12_64Z32", "NV12"},
    {"NV12_16L32S", "NV12"},
    {"NV12_8L128", "NV12"},
    {"NV12_10BE_8L128", "P010_10LE"},
    {"RGB8P", "RGB"},
};

void compare_unpacked() {
  constexpr int kFrames = 10;
  std::printf(
      "\nFormats that are unpacked, milliseconds a frame beyond identity: three objects, 14 %% (1080p, with the copy "
      "of a "
      "shared frame)\n\nformat           sam2overlay  videoconvert there and back   ratio\n");
  const test::TemporaryDirectory directory;
  make_masks(directory, k1080, kFrames);
  for (const auto& [format, native] : kUnpacked) {
    const std::string caps = std::string("video/x-raw,format=") + format;
    const auto play = [&](const std::string& element) {
      return time_pipeline("videotestsrc num-buffers=1 ! video/x-raw,width=1920,height=1080 ! videoconvert ! " + caps +
                               " ! imagefreeze num-buffers=" + std::to_string(kFrames) + " ! " + caps +
                               ",framerate=30/1 ! " + element + " ! fakesink sync=false",
                           kFrames)
          .value_or(0);
    };
    const auto identity = play("identity");
    const auto ours = play("sam2overlay draw=fill location=" + directory.file("clip.npz")) - identity;
    const auto converted =
        play(std::string("videoconvert ! video/x-raw,format=") + native + " ! videoconvert ! " + caps) - identity;
    std::printf("%-16s %11.2f %29.2f %7.2f\n", format, ours, converted, ours / converted);
    std::fflush(stdout);
  }
}

void compare_pipelines() {
  constexpr int kFrames = 60;
  std::printf(
      "\nWhole pipelines, milliseconds a frame: filesrc ! decodebin ! ... ! fakesink, three objects, 14 %%\n\n"
      "size      identity  sam2overlay draw=fill  sam2overlay\n");
  for (const auto size : {k720, k1080}) {
    const test::TemporaryDirectory directory;
    if (!make_clip(directory, size, kFrames)) {
      std::printf("left out: the clip could not be made, for which x264enc and mp4mux are needed\n");
      return;
    }
    const auto play = [&](const std::string& element) {
      return time_pipeline("filesrc location=" + directory.file("clip.mp4") + " ! decodebin ! " + element +
                               " ! fakesink sync=false",
                           kFrames)
          .value_or(0);
    };
    const auto masks = "sam2overlay location=" + directory.file("clip.npz");
    const auto identity = play("identity");
    const auto fill = play(masks + " draw=fill");
    const auto all = play(masks);
    std::printf("%5dp    %8.3f       %8.3f  +%4.1f %%     %8.3f  +%4.1f %%\n", size.height, identity, fill,
                100 * (fill / identity - 1), all, 100 * (all / identity - 1));
  }
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  stay_on_one_core();

  // All parts, or the one that is named.
  const std::string_view part = argc > 1 ? argv[1] : "";
  if (part.empty() || part == "drawing") compare_drawing();
  if (part.empty() || part == "kernels") compare_kernels();
  if (part.empty() || part == "unpacked") compare_unpacked();
  if (part.empty() || part == "pipelines") compare_pipelines();
}
