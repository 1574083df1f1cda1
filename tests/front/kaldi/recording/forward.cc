// Runs a network of nnet2 or nnet3 through Kaldi's own libraries, as its programs nnet-compute,
// nnet3-compute and nnet3-xvector-compute do. All files but the model are text.
//
//   forward nnet2|nnet3|xvector MODEL FEATURES IVECTOR|- FRAMES COLUMNS_OUT > OUTPUT
//
// The libraries are those inside the Python package kaldi-active-grammar 3.2.0 (Kaldi 5.5). It has
// no headers: what is used of the classes is declared here as Kaldi's reference manual
// (kaldi-asr.org/doc) lists it, with room for the members that only the libraries touch.

#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace kaldi {

enum MatrixResizeType { kSetZero, kUndefined, kCopyData };
enum MatrixStrideType { kDefaultStride, kStrideEqualNumCols };

template <class T> struct MatrixBase { char room[64] = {}; };
template <class T> struct Matrix : MatrixBase<T> { void Read(std::istream &, bool, bool); };
template <class T> struct VectorBase {
  char room[64] = {};
  void Write(std::ostream &, bool) const;
};
template <class T> struct Vector : VectorBase<T> {
  void Read(std::istream &, bool, bool);
  void Resize(int, MatrixResizeType);
};
template <class T> struct CuMatrixBase {
  char room[64] = {};
  void Write(std::ostream &, bool) const;
};
template <class T> struct CuMatrix : CuMatrixBase<T> {
  void Read(std::istream &, bool);
  void Resize(int, int, MatrixResizeType, MatrixStrideType);
};

namespace nnet2 {

struct Nnet {
  char room[1024] = {};
  void Read(std::istream &, bool);
};
void NnetComputation(const Nnet &, const CuMatrixBase<float> &, bool, CuMatrixBase<float> *);

}  // namespace nnet2

namespace nnet3 {

struct Nnet {
  char room[1024] = {};
  void Read(std::istream &, bool);
};
struct NnetOptimizeOptions {
  bool optimize = true, consolidate_model_update = true, propagate_in_place = true,
       backprop_in_place = true, optimize_row_ops = true, split_row_ops = true,
       extend_matrices = true, convert_addition = true, remove_assignments = true,
       allow_left_merge = true, allow_right_merge = true, initialize_undefined = true,
       move_sizing_commands = true, allocate_from_other = true;
  int min_deriv_time = INT_MIN, max_deriv_time = INT_MAX, max_deriv_time_relative = INT_MAX;
  bool snip_row_ops = true;
  int memory_compression_level = 1;
  bool optimize_looped_computation = false;
};
struct NnetComputeOptions { bool debug = false; };
struct CachingOptimizingCompilerOptions {
  bool use_shortcut = true;
  int cache_capacity = 64;
};
struct NnetSimpleComputationOptions {
  int extra_left_context = 0, extra_right_context = 0, extra_left_context_initial = -1,
      extra_right_context_final = -1, frame_subsampling_factor = 1, frames_per_chunk = 1002;
  float acoustic_scale = 1;
  bool debug_computation = false;
  NnetOptimizeOptions optimize_config;
  NnetComputeOptions compute_config;
  CachingOptimizingCompilerOptions compiler_config;
};
struct Index { int n, t, x; };
struct IoSpecification {
  std::string name;
  std::vector<Index> indexes;
  bool has_deriv;
};
struct ComputationRequest {
  std::vector<IoSpecification> inputs, outputs;
  bool need_model_derivative = false, store_component_stats = false;
  char room[64] = {};
};
struct NnetComputation;
struct CachingOptimizingCompiler {
  char room[4096];
  CachingOptimizingCompiler(const Nnet &, const NnetOptimizeOptions &,
                            CachingOptimizingCompilerOptions);
  std::shared_ptr<const NnetComputation> Compile(const ComputationRequest &);
};
struct NnetComputer {
  char room[8192];
  NnetComputer(const NnetComputeOptions &, const NnetComputation &, const Nnet &, Nnet *);
  void AcceptInput(const std::string &, CuMatrix<float> *);
  void Run();
  void GetOutputDestructive(const std::string &, CuMatrix<float> *);
};
struct DecodableNnetSimple {
  char room[4096];
  DecodableNnetSimple(const NnetSimpleComputationOptions &, const Nnet &,
                      const VectorBase<float> &priors, const MatrixBase<float> &features,
                      CachingOptimizingCompiler *, const VectorBase<float> *ivector,
                      const MatrixBase<float> *online_ivectors, int online_ivector_period);
  void GetOutputForFrame(int, VectorBase<float> *);
};
void SetBatchnormTestMode(bool, Nnet *);
void SetDropoutTestMode(bool, Nnet *);

}  // namespace nnet3
}  // namespace kaldi

using namespace kaldi;

template <class Net> Net &read(const char *path) {
  Net &net = *new Net;  // never freed: its destructor is not declared here
  std::ifstream file(path, std::ios::binary);
  bool binary = file.peek() == 0;
  if (binary) file.ignore(2);
  net.Read(file, binary);
  return net;
}

void end() {
  std::cout.flush();
  _exit(0);
}

void run_nnet2(const char *model, std::istream &features, int frames, int columns) {
  auto &net = read<nnet2::Nnet>(model);
  CuMatrix<float> x, y;
  x.Read(features, false);
  y.Resize(frames, columns, kSetZero, kDefaultStride);
  nnet2::NnetComputation(net, x, true, &y);
  y.Write(std::cout, false);
  end();
}

void run_nnet3(nnet3::Nnet &net, std::istream &features, const std::string &speaker, int frames,
               int columns) {
  Matrix<float> x;
  x.Read(features, false, false);
  Vector<float> none, row, ivector;
  if (speaker != "-") {
    std::ifstream file(speaker);
    ivector.Read(file, false, false);
  }
  row.Resize(columns, kSetZero);
  nnet3::NnetSimpleComputationOptions options;
  nnet3::CachingOptimizingCompiler compiler(net, options.optimize_config, options.compiler_config);
  nnet3::DecodableNnetSimple decodable(options, net, none, x, &compiler,
                                       speaker == "-" ? nullptr : &ivector, nullptr, 1);
  std::cout << "[\n";
  for (int t = 0; t < frames; t++) {
    decodable.GetOutputForFrame(t, &row);
    row.Write(std::cout, false);
  }
  std::cout << "]\n";
  end();
}

// All frames in, the output at the first one.
void run_xvector(nnet3::Nnet &net, std::istream &features, int frames) {
  CuMatrix<float> x, y;
  x.Read(features, false);
  nnet3::ComputationRequest request;
  request.inputs.push_back({"input", {}, false});
  for (int t = 0; t < frames; t++) request.inputs[0].indexes.push_back({0, t, 0});
  request.outputs.push_back({"output", {{0, 0, 0}}, false});
  nnet3::CachingOptimizingCompiler compiler(net, {}, {});
  auto computation = compiler.Compile(request);
  nnet3::NnetComputer computer({}, *computation, net, nullptr);
  computer.AcceptInput("input", &x);
  computer.Run();
  computer.GetOutputDestructive("output", &y);
  y.Write(std::cout, false);
  end();
}

int main(int count, char **arguments) {
  if (count != 7) return 2;
  std::string kind = arguments[1];
  std::ifstream features(arguments[3]);
  int frames = atoi(arguments[5]), columns = atoi(arguments[6]);
  if (kind == "nnet2") run_nnet2(arguments[2], features, frames, columns);
  auto &net = read<nnet3::Nnet>(arguments[2]);
  nnet3::SetBatchnormTestMode(true, &net);
  nnet3::SetDropoutTestMode(true, &net);
  if (kind == "xvector") run_xvector(net, features, frames);
  run_nnet3(net, features, arguments[4], frames, columns);
}
