// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 The sam2overlay developers
// GLib's locks are made of futexes, which ThreadSanitizer does not know, so that all they guard looks like a race.
// Linked into test programs that are built with it, these take the place of GLib's functions and tell it who has waited
// for whom.
#include <dlfcn.h>
#include <gst/gst.h>

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

namespace {

template <typename Function>
Function real(Function& cache, const char* name) {
  auto function = __atomic_load_n(&cache, __ATOMIC_ACQUIRE);
  if (function == nullptr) {
    function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
    __atomic_store_n(&cache, function, __ATOMIC_RELEASE);
  }
  return function;
}

}  // namespace

#define SAM2_EXPORT extern "C" __attribute__((visibility("default")))

// A function of GLib's whose result is not looked at, one that tells whether it took the lock, and one that gives it
// back.
#define SAM2_TAKES(name, Lock)                \
  SAM2_EXPORT void name(Lock* lock) {         \
    static void (*function)(Lock*) = nullptr; \
    real(function, #name)(lock);              \
    __tsan_acquire(lock);                     \
  }
#define SAM2_TRIES(name, Lock)                      \
  SAM2_EXPORT gboolean name(Lock* lock) {           \
    static gboolean (*function)(Lock*) = nullptr;   \
    const auto taken = real(function, #name)(lock); \
    if (taken) __tsan_acquire(lock);                \
    return taken;                                   \
  }
#define SAM2_GIVES(name, Lock)                \
  SAM2_EXPORT void name(Lock* lock) {         \
    static void (*function)(Lock*) = nullptr; \
    __tsan_release(lock);                     \
    real(function, #name)(lock);              \
  }

SAM2_TAKES(g_mutex_lock, GMutex)
SAM2_TRIES(g_mutex_trylock, GMutex)
SAM2_GIVES(g_mutex_unlock, GMutex)
SAM2_TAKES(g_rec_mutex_lock, GRecMutex)
SAM2_TRIES(g_rec_mutex_trylock, GRecMutex)
SAM2_GIVES(g_rec_mutex_unlock, GRecMutex)
SAM2_TAKES(g_rw_lock_writer_lock, GRWLock)
SAM2_TRIES(g_rw_lock_writer_trylock, GRWLock)
SAM2_GIVES(g_rw_lock_writer_unlock, GRWLock)
SAM2_TAKES(g_rw_lock_reader_lock, GRWLock)
SAM2_TRIES(g_rw_lock_reader_trylock, GRWLock)
SAM2_GIVES(g_rw_lock_reader_unlock, GRWLock)

// A wait gives the lock back and takes it again.
SAM2_EXPORT void g_cond_wait(GCond* condition, GMutex* lock) {
  static void (*function)(GCond*, GMutex*) = nullptr;
  __tsan_release(lock);
  real(function, "g_cond_wait")(condition, lock);
  __tsan_acquire(lock);
}

SAM2_EXPORT gboolean g_cond_wait_until(GCond* condition, GMutex* lock, gint64 end) {
  static gboolean (*function)(GCond*, GMutex*, gint64) = nullptr;
  __tsan_release(lock);
  const auto signalled = real(function, "g_cond_wait_until")(condition, lock, end);
  __tsan_acquire(lock);
  return signalled;
}

// What one thread asks another one to do goes by a queue inside GLib.
namespace {

struct Call {
  GstElementCallAsyncFunc function;
  gpointer data;
  GDestroyNotify destroy;
};

void carry_out(GstElement* element, gpointer call) {
  __tsan_acquire(call);
  const auto* self = static_cast<Call*>(call);
  self->function(element, self->data);
}

void drop(gpointer call) {
  __tsan_acquire(call);
  const auto* self = static_cast<Call*>(call);
  if (self->destroy != nullptr) self->destroy(self->data);
  delete self;
}

}  // namespace

SAM2_EXPORT void gst_element_call_async(GstElement* element, GstElementCallAsyncFunc function, gpointer data,
                                        GDestroyNotify destroy) {
  static void (*call_async)(GstElement*, GstElementCallAsyncFunc, gpointer, GDestroyNotify) = nullptr;
  auto* const call = new Call{function, data, destroy};
  __tsan_release(call);
  real(call_async, "gst_element_call_async")(element, carry_out, call, drop);
}
